package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/store"
)

// Poll is a poll and how it stands.
type Poll struct {
	Options  []Option
	Votes    int64
	Ends     archive.Time
	Expired  bool
	Multiple bool
}

// Option is one answer of a poll.
type Option struct {
	Title   string
	Label   template.HTML // the same, with emoji
	Votes   int64
	Percent int64
	Chosen  bool // by the viewer
}

// poll reads a poll. What its answers were is told only to who gave them.
func poll(o gjson.Result, own bool, e emoji) *Poll {
	options := o.Get("options").Array()
	if len(options) == 0 {
		return nil
	}
	p := &Poll{Ends: archive.ParseTime(o.Get("expires_at").String()), Expired: o.Get("expired").Bool(),
		Multiple: o.Get("multiple").Bool(), Votes: o.Get("votes_count").Int()}
	voters := cmp.Or(o.Get("voters_count").Int(), p.Votes)
	var chosen []int64
	if own {
		for _, n := range o.Get("own_votes").Array() {
			chosen = append(chosen, n.Int())
		}
	}
	for i, option := range options {
		votes, title := option.Get("votes_count").Int(), visible(option.Get("title").String())
		p.Options = append(p.Options, Option{Title: title, Label: e.label(title), Votes: votes,
			Percent: percent(votes, voters), Chosen: slices.Contains(chosen, int64(i))})
	}
	return p
}

func percent(part, whole int64) int64 {
	if whole <= 0 || part < 0 {
		return 0
	}
	return min(100, (100*part+whole/2)/whole)
}

// Card is the preview of a page that a post links to.
type Card struct {
	URL, Title, Description, Host string
	Image, Alt                    string // the path of its image; empty where there is none
}

func card(o gjson.Result, g gallery) *Card {
	c := &Card{URL: outward(o.Get("url").String()), Title: visible(o.Get("title").String()),
		Description: visible(o.Get("description").String()), Image: g.first(o.Get("image")),
		Alt: visible(o.Get("image_description").String())}
	if c.URL == "" || c.Title == "" {
		return nil
	}
	c.Host = cmp.Or(visible(o.Get("provider_name").String()), host(c.URL))
	return c
}

// Medium is a file of a post.
type Medium struct {
	Path   string // empty where the archive has no such file
	Kind   string // image, video, audio or file
	Loop   bool   // an animation without sound
	Alt    string
	Why    string // why it is not here
	Width  int64  // in pixels, 0 where nobody said
	Height int64
	Size   int64 // in bytes
}

// media are the files of a post, in its order. What a file is said to be is the server's word; how it is shown goes by its
// bytes.
func (v Views) media(o gjson.Result, s store.Seen) []Medium {
	var all []Medium
	for _, f := range s.Files {
		said := entityOf(o, f.MediaID)
		m := Medium{Alt: visible(f.Alt), Size: f.Size, Loop: f.Kind == "gifv", Kind: shownAs(f.Type, f.Kind),
			Width: said.Get("meta.original.width").Int(), Height: said.Get("meta.original.height").Int()}
		if f.SHA256 != "" {
			m.Path = v.FilePath(f.SHA256, f.Type)
		}
		if m.Path == "" {
			m.Why = absent(f)
		}
		all = append(all, m)
	}
	return all
}

func entityOf(o gjson.Result, id string) gjson.Result {
	for _, m := range o.Get("media_attachments").Array() {
		if m.Get("id").String() == id {
			return m
		}
	}
	return gjson.Result{}
}

// inline are the types that a browser shows in a page and that can run nothing.
var inline = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/apng", "video/mp4", "video/webm",
	"video/quicktime", "video/ogg", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/flac", "audio/webm",
	"audio/aac"}

func shownAs(mime, said string) string {
	if mime == "" {
		return cmp.Or(said, "file")
	}
	kind, _, _ := strings.Cut(mime, "/")
	if slices.Contains(inline, mime) {
		return kind
	}
	return "file"
}

func absent(f store.SeenFile) string {
	switch f.State {
	case "pending":
		return "not downloaded yet"
	case "off":
		return "its download is switched off"
	}
	return "could not be had any more"
}
