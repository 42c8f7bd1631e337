package cli

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"lama/archive"
	"lama/plan"
	"lama/stages"
)

// sample is what a top page holds, as the archive would have it.
type sample struct {
	plan.Sample
	files []archive.Attachment // of all its posts, each once
}

// sample puts a page through the stages that it would go through in a run.
func (p *planner) sample(ctx context.Context, page archive.Page) (sample, error) {
	batch, err := stages.Normalizer{View: p.view}.Normalize(ctx, page)
	if err != nil {
		return sample{}, err
	}
	if batch, err = p.recurse().Recurse(ctx, batch); err != nil {
		return sample{}, err
	}
	s := sample{Sample: plan.Sample{Items: page.Step.Items}}
	posts := distinct(batch.Posts)
	s.countPosts(posts)
	s.countReferences(posts, batch.Activities, p.cfg.Limits())
	if p.cfg.SaveJSON {
		s.countFiles(posts, batch.Activities)
	}
	return s, nil
}

// distinct are the posts of a page, each in the first rendering.
func distinct(posts []archive.Post) (once []archive.Post) {
	seen := map[string]bool{}
	for _, p := range posts {
		if !seen[p.URI] {
			seen[p.URI] = true
			once = append(once, p)
		}
	}
	return once
}

func (s *sample) countPosts(posts []archive.Post) {
	s.Posts = len(posts)
	for _, p := range posts {
		s.JSON += int64(len(p.JSON))
		s.files = append(s.files, p.Media...)
		for _, f := range p.Media {
			if !f.Off {
				s.Media++
			}
		}
	}
}

// countReferences counts the posts that a run would ask for. Of a post that is only quoted no more than its own quotes
// are followed.
func (s *sample) countReferences(posts []archive.Post, activities []archive.Activity, limits archive.Limits) {
	met, did := map[archive.Name]bool{}, map[string]bool{}
	for _, p := range posts {
		for _, name := range append(p.Names(), archive.URLName(p.URI)) {
			met[name] = true
		}
	}
	for _, a := range activities {
		did[a.PostURI] = true
	}
	for _, p := range posts {
		for _, r := range p.References {
			if limits[r.Chain] == 0 || !did[p.URI] && r.Chain != archive.ChainQuote {
				continue
			}
			s.countReference(r, met[r.Target])
			met[r.Target] = true
		}
	}
}

func (s *sample) countReference(r archive.Reference, met bool) {
	switch {
	case met && r.Chain == archive.ChainParent:
		s.Known++
	case met:
	case r.Target.Instance() == "":
		s.Searches++
	case r.Chain == archive.ChainParent:
		s.Parents++
	default:
		s.Others++
	}
}

// block is what most file systems give a file at least, and in multiples.
const block = 4096

func (s *sample) countFiles(posts []archive.Post, activities []archive.Activity) {
	byURI := map[string]archive.Post{}
	for _, p := range posts {
		byURI[p.URI] = p
	}
	for _, a := range activities {
		if a.Base == archive.BaseReblog { // its file is that of the boost
			continue
		}
		_, content := stages.JSONFile(archive.Account{}, archive.Unwritten{Activity: a, JSON: byURI[a.PostURI].JSON})
		s.Files++
		s.FileBytes += int64((len(content) + block - 1) / block * block)
	}
}

// mostSizes bounds the files of an account that are asked for their size.
const mostSizes = 8

// sizes are those of some files of a sample, as far as the account's own server tells them, and how many it was asked
// for. Nobody else is asked, nor for what the server would have to fetch first.
func (p *planner) sizes(ctx context.Context, host string, files []archive.Attachment) (sizes []int64, asked int) {
	seen := map[string]bool{}
	for _, f := range files {
		addresses := archive.Media{Attachment: f}.Addresses()
		if f.Off || len(addresses) == 0 || seen[addresses[0]] || !keptBy(host, addresses[0]) {
			continue
		}
		seen[addresses[0]] = true
		if asked == mostSizes || ctx.Err() != nil {
			break
		}
		asked++
		if size, ok := p.sizeOf(ctx, addresses[0]); ok {
			sizes = append(sizes, size)
		}
	}
	return sizes, asked
}

func keptBy(host, address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Host, host) && !strings.Contains(u.Path, "/media_proxy/")
}

// sizeOf asks for a file's size. One that is larger than what is downloaded takes no room.
func (p *planner) sizeOf(ctx context.Context, address string) (size int64, ok bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return 0, false
	}
	resp, err := p.files.Do(req)
	if err != nil {
		return 0, false
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ContentLength < 0 {
		return 0, false
	}
	if most := p.cfg.MediaMaxBytes; most > 0 && resp.ContentLength > most {
		return 0, true
	}
	return resp.ContentLength, true
}
