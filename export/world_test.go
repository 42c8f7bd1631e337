package export_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"lama/archive"
	"lama/store"
)

// piece is a post of a made-up household: what is in it, what hangs on it and on what it hangs.
type piece struct {
	post    archive.Post
	json    map[string]any
	canary  string // in every field of the post
	asker   string // in everything that speaks of who asked, and in older versions
	hangs   string // boost, reply, quote or link; empty: on nothing
	on      *piece
	content string // of its file, empty where it has none
	did     []deed
}

type deed struct {
	account archive.Account
	base    archive.Base
}

// day is when the posts of a household were written; each has a day of its own in an archive that holds many.
func day(run int) string {
	return time.Date(1971, 1, 1+run, 10, 0, 0, 0, time.UTC).Format("2006-01-02")
}

// drawWorld makes a household up.
func drawWorld(t *rapid.T, run int) []*piece {
	var all []*piece
	for i := range rapid.IntRange(2, 7).Draw(t, "posts") {
		p := &piece{canary: fmt.Sprintf("canary%dx%dz", run, i), asker: fmt.Sprintf("asker%dx%dz", run, i)}
		if i > 0 {
			p.hangs = rapid.SampledFrom([]string{"", "boost", "boost", "reply", "quote", "link"}).Draw(t, "hangs")
		}
		if p.hangs != "" {
			p.on = all[rapid.IntRange(0, i-1).Draw(t, "on")]
		}
		visibility := rapid.SampledFrom([]string{"public", "public", "unlisted", "private", "direct", "local", ""}).Draw(t, "visibility")
		if file := rapid.IntRange(0, 3).Draw(t, "file"); file > 0 {
			p.content = fmt.Sprintf("file%dx%dz", run, file)
		}
		p.did = rapid.SliceOfN(rapid.Custom(drawDeed), 0, 2).Draw(t, "did")
		p.write(day(run), visibility, rapid.Bool().Draw(t, "says something"))
		all = append(all, p)
	}
	return all
}

func drawDeed(t *rapid.T) deed {
	return deed{[]archive.Account{ana, bob}[rapid.IntRange(0, 1).Draw(t, "account")],
		rapid.SampledFrom([]archive.Base{"post", "favourite", "bookmark", "mention", "poll"}).Draw(t, "base")}
}

// write makes the post. A boost may say something of its own.
func (p *piece) write(day, visibility string, says bool) {
	c, asker := p.canary, p.asker
	p.json = map[string]any{
		"content": `<p>` + c + ` <a href="https://far.example/` + c + `">link</a></p>`, "spoiler_text": c,
		"account": map[string]any{"acct": c + "@far.example", "display_name": c + " :e:", "note": c, "relationship": map[string]any{"note": asker},
			"avatar_static": pictureHost + c + "-avatar", "emojis": []any{map[string]any{"shortcode": "e", "url": pictureHost + c + "-emoji"}}},
		"poll": map[string]any{"options": []any{map[string]any{"title": c}}, "own_votes": []any{asker}, "voted": asker},
		"tags": []any{map[string]any{"name": c, "url": "https://far.example/tags/" + c}}, "created_at": day + "T10:00:00Z",
		"card": map[string]any{"url": "https://far.example/" + c, "title": c, "image": pictureHost + c + "-card"}, "favourited": asker, "bookmarked": asker,
		"filtered": []any{map[string]any{"filter": map[string]any{"title": asker}}}, "pinned": asker, "muted": asker, "unheard_of": asker,
		"media_attachments": []any{map[string]any{"id": "m" + c, "description": c, "url": "https://media.example/" + c}},
	}
	if p.on != nil {
		p.json[map[string]string{"boost": "reblog", "quote": "quote", "link": "linked", "reply": "replied"}[p.hangs]] = p.on.json
		if p.hangs == "reply" {
			p.json["in_reply_to_id"], p.json["in_reply_to_account_id"] = p.on.post.ID, p.on.canary
		}
	}
	p.post = status(c+"@far.example", c, visibility, p.json)
	p.json = map[string]any{}
	if err := json.Unmarshal(p.post.JSON, &p.json); err != nil {
		panic(err)
	}
	if p.hangs != "boost" || says {
		p.post.Content, p.post.SpoilerText, p.post.PollOptions, p.post.Hashtags = c, c, []string{c}, []string{c}
		p.post.Mentions, p.post.Links = []string{c + "@far.example"}, []archive.Link{{URL: "https://far.example/" + c, Text: c}}
		if p.content != "" {
			p.post = picture(p.post, c)
		}
	} else {
		p.post.Content, p.content = "", ""
	}
	p.refer()
}

func (p *piece) refer() {
	switch p.hangs {
	case "boost":
		p.post.Reblog = p.on.post.URI
	case "reply":
		p.post.References = []archive.Reference{{Chain: archive.ChainParent, Target: archive.IDName("home.example", p.on.post.ID)}}
	case "quote":
		p.post.References = []archive.Reference{{Chain: archive.ChainQuote, Target: archive.IDName("home.example", p.on.post.ID)}}
	case "link":
		p.post.References = []archive.Reference{{Chain: archive.ChainLink, Target: archive.URLName(p.on.post.URL)}}
	}
}

// archived puts a household into the archive, in its order or from the end. It comes twice: a post that nothing explains
// is not kept, and what explains it may come later.
func (f *fixture) archived(world []*piece, fromTheEnd bool) {
	f.t.Helper()
	order := append(slices.Clone(world), world...)
	if fromTheEnd {
		slices.Reverse(order)
	}
	for _, pass := range [][]*piece{order[:len(world)], order[len(world):]} {
		var batches []archive.Batch
		for _, p := range pass {
			batches = append(batches, p.batches()...)
		}
		f.commit(batches...)
	}
	f.downloadPictures()
	for _, p := range order[:len(world)] {
		if p.content != "" && f.has(p) {
			f.download(p.post, p.content)
		}
	}
}

// batches are what servers say of a post, its older version included.
func (p *piece) batches() []archive.Batch {
	old := p.post
	old.EditedAt, old.JSON = archive.ParseTime("1970-01-01T00:00:00Z"), []byte(`{"content":"`+p.asker+`"}`)
	shown := did(ana, "", p.post)
	shown.Versions = []archive.Post{old}
	batches := []archive.Batch{shown}
	for _, d := range p.did {
		b := did(d.account, d.base, p.post)
		b.Activities[0].Envelope = []byte(`{"account":"` + p.asker + `"}`)
		if batches = append(batches, b); d.base == archive.BasePost && p.hangs == "boost" {
			batches = append(batches, did(d.account, archive.BaseReblog, p.on.post))
		}
	}
	return batches
}

// has says whether the archive kept a post: one that nothing explains it does not.
func (f *fixture) has(p *piece) bool {
	f.t.Helper()
	found, err := f.store.Posts(f.t.Context(), store.Household(), []string{p.post.URI})
	if err != nil {
		f.t.Fatal(err)
	}
	return len(found) > 0
}

// by says whether one of some accounts did one of some things with the post; with a boost, that it boosted. None stand for
// any.
func (p *piece) by(accounts []string, bases []archive.Base) bool {
	return slices.ContainsFunc(p.did, func(d deed) bool {
		return (accounts == nil || slices.Contains(accounts, d.account.Name())) && (bases == nil || slices.Contains(bases, d.base)) &&
			(p.hangs != "boost" || d.base == archive.BasePost)
	})
}

// reached are the posts that may be in an archive for some accounts: what they did something with, and what that leads to.
func reached(world []*piece, accounts []string) map[*piece]bool {
	all := map[*piece]bool{}
	for _, p := range world {
		for _, d := range p.did {
			if accounts != nil && !slices.Contains(accounts, d.account.Name()) {
				continue
			}
			for q := p; q != nil && !all[q]; q = q.on {
				all[q] = true
			}
		}
	}
	return all
}

// leaves says whether a post may leave where these visibilities do: a boost only together with what it boosts.
func (p *piece) leaves(visibilities []string) bool {
	open := func(p *piece) bool { return slices.Contains(visibilities, p.post.Visibility) }
	return open(p) && (p.hangs != "boost" || open(p.on) && p.on.hangs != "boost")
}
