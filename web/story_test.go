package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"lama/archive"
)

// story is what the browser is shown: a little of everything that a post can be.
type story struct {
	question, answer, edited, quote, card archive.Post
}

// written gives a post its time and its text.
func written(p archive.Post, day string, text string) archive.Post {
	p.CreatedAt, p.Content = archive.ParseTime(day), text
	return p
}

func called(name string) map[string]any {
	return map[string]any{"username": name, "display_name": name, "url": "https://far.example/@" + name,
		"avatar": "https://pic.example/" + name + ".gif", "avatar_static": "https://pic.example/" + name,
		"note":   "<p>Watches birds, and the people who watch them.</p>",
		"fields": []any{map[string]any{"name": "Pond", "value": "<a href=\"https://pond.example\">pond.example</a>"}}}
}

// tell archives the story.
func (f *fixture) tell() story {
	var s story
	s.question = written(status("Zoe@far.example", "01", "public", map[string]any{"account": called("Zoe"),
		"content": "<p>Is anybody else’s heron this <em>annoyed</em> today?</p>", "replies_count": 2, "favourites_count": 31}),
		"2026-11-20T08:12:00Z", "Is anybody else’s heron this annoyed today?")
	s.answer = written(replyTo(picture(status("ana@home.example", "02", "public", map[string]any{"account": called("Ana"),
		"content": "<p>Mine has not moved since Tuesday. :heron: <a href=\"https://far.example/tags/heron\" class=\"mention hashtag\">#<span>heron</span></a></p>",
		"tags":    []any{map[string]any{"name": "heron", "url": "https://far.example/tags/heron"}}, "reblogs_count": 3,
		"emojis": []any{custom("heron")}}),
		"image", "A heron at dawn, grey on grey, seen from behind"), s.question), "2026-11-20T08:40:00Z", "Mine has not moved since Tuesday. #heron")
	s.answer.Hashtags = []string{"heron"}
	reply := written(replyTo(status("Wim@far.example", "03", "public", map[string]any{"account": called("Wim"),
		"content": "<p>That is a garden ornament.</p>", "favourites_count": 118}), s.answer), "2026-11-20T08:41:00Z", "That is a garden ornament.")
	warned := written(status("bob@home.example", "04", "unlisted", map[string]any{"account": called("Bob"), "spoiler_text": "ornithology, politics",
		"content": "<p>Geese should not be allowed to hold office.</p>"}), "2026-11-21T19:05:00Z", "Geese should not be allowed to hold office.")
	poll := written(status("Xia@far.example", "05", "public", map[string]any{"account": called("Xia"), "content": "<p>Best bird?</p>",
		"poll": map[string]any{"votes_count": 40, "voters_count": 40, "expired": true, "own_votes": []any{1}, "options": []any{
			map[string]any{"title": "Heron", "votes_count": 25}, map[string]any{"title": "The other heron", "votes_count": 15}}}}),
		"2026-11-22T10:00:00Z", "Best bird?")
	s.card = written(status("Yan@far.example", "06", "public", map[string]any{"account": called("Yan"),
		"content": "<p>Worth an evening: <a href=\"https://pond.example/herons\">pond.example/herons</a></p>",
		"card": map[string]any{"url": "https://pond.example/herons", "title": "A field guide to standing still", "provider_name": "pond.example",
			"image": "https://pic.example/pond"}}),
		"2026-11-22T20:30:00Z", "Worth an evening")
	s.edited = written(status("ana@home.example", "07", "public", map[string]any{"account": called("Ana"),
		"content": "<p>The ornament has flown away.</p>"}), "2026-11-23T07:00:00Z", "The ornament has flown away.")
	s.quote = written(status("bob@home.example", "08", "public", map[string]any{"account": called("Bob"),
		"content": "<p>History was made at 6:58.</p>"}), "2026-11-23T09:00:00Z", "History was made at 6:58.")
	s.quote.References = []archive.Reference{{Chain: archive.ChainQuote, Target: archive.IDName("home.example", "07")}}
	album := written(picture(status("Zoe@far.example", "09", "public", map[string]any{"account": called("Zoe"), "content": "<p>The pond this week.</p>"}),
		"image", "The pond under a low sun"), "2026-11-21T06:00:00Z", "The pond this week.")

	f.did(ana, archive.BaseFavourite, s.question, reply)
	f.did(ana, archive.BasePost, s.answer, s.edited)
	f.did(bob, archive.BasePost, warned, s.quote)
	f.did(ana, archive.BasePoll, poll)
	f.did(bob, archive.BaseBookmark, s.card, album)
	later := s.edited
	later.JSON = bytes.Replace(later.JSON, []byte("has flown away."), []byte("has flown away. It took the fish with it."), 1)
	later.Content, later.EditedAt = "The ornament has flown away. It took the fish with it.", archive.ParseTime("2026-11-23T07:30:00Z")
	f.did(ana, archive.BasePost, later)
	f.download(s.answer, "image/png", landscape(0.6))
	f.download(album, "image/png", landscape(0.05))
	f.years()
	f.pictures()
	return s
}

// pictures are the faces of those who have one (Wim and Bob have none), an emoji, and the image of a page.
func (f *fixture) pictures() {
	for n, name := range []string{"Zoe", "Ana", "Xia", "Yan"} {
		f.hang("https://pic.example/"+name, "image/png", landscape(0.05+float64(n)*0.22))
	}
	f.hang("https://pic.example/heron", "image/png", smile())
	f.hang("https://pic.example/pond", "image/png", landscape(0.3))
}

// years are posts of earlier ones, among them some of this day.
func (f *fixture) years() {
	now := noon()
	for n := range 60 {
		at := now.AddDate(-1-n%3, -(n * 7 % 20), -(n * n % 27))
		if n < 2 {
			at = now.AddDate(-1-n, 0, 0)
		}
		p := status("ana@home.example", fmt.Sprint(20+n), "public", map[string]any{"account": called("Ana"),
			"content": fmt.Sprintf("<p>Day %d at the pond: %d herons.</p>", 400-n, n*5%7)})
		p.CreatedAt, p.Content = archive.At(at), fmt.Sprintf("Day %d at the pond", 400-n)
		f.did(ana, archive.BasePost, p)
	}
}

// smile is an emoji: a face that looks at you.
func smile() string {
	const size = 96
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			from := func(cx, cy float64) float64 { return math.Hypot(float64(x)-cx, float64(y)-cy) }
			mouth := from(48, 46)
			switch {
			case from(33, 38) < 7, from(63, 38) < 7, y > 54 && mouth > 24 && mouth < 31:
				img.Set(x, y, color.RGBA{90, 60, 20, 255})
			case from(48, 48) < 46:
				img.Set(x, y, color.RGBA{250, 200, 70, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}

// landscape is a picture of water and sky; the hue is from 0 to 1.
func landscape(hue float64) string {
	const width, height = 720, 420
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			sun := math.Exp(-(math.Pow(float64(x-500), 2) + math.Pow(float64(y-190), 2)) / 9000)
			depth := float64(y) / height
			if y > 240 {
				depth = 1 - depth + 0.04*math.Sin(float64(y*y)/300+float64(x)/60)
			}
			at := func(shift float64) uint8 {
				return uint8(255 * min(1, max(0, 0.25+0.45*depth*(1+math.Cos(2*math.Pi*(hue+shift)))/1.6+0.6*sun)))
			}
			img.Set(x, y, color.RGBA{at(0), at(0.12), at(0.36), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}
