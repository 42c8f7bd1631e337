package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lama/archive"
)

// A page is not larger than a phone likes, whatever people write, and a list still shows every post.
func TestPagesAreNotTooLarge(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		var posts []archive.Post
		for n := range 60 {
			p := status("ana@home.example", fmt.Sprint(10+n%50), "public", map[string]any{
				"content":    "<p>word " + strings.Repeat("many words ", 300+n%5*400) + "the end</p>",
				"created_at": fmt.Sprintf("20%02d-%02d-01T00:00:00Z", 14+n/6, 1+n%6*2)})
			p.URI += fmt.Sprint("-", n)
			p.Content, p.Hashtags = "word many words", []string{fmt.Sprintf("ein ziemlich langes Schlagwort %d", n)}
			if posts = append(posts, p); n > 0 {
				posts[n] = replyTo(p, posts[0])
				posts[n].References[0].Target = archive.URLName(posts[n/2].URL)
			}
		}
		f.did(ana, archive.BasePost, posts...)
		for _, path := range []string{"/", "/timeline", "/timeline?in=posts", "/author/ana@home.example", "/tags", "/statistics",
			at("/search", "q", "word"), "/search?q=word&sort=relevance", at("/post", "uri", posts[0].URI), at("/post", "uri", posts[59].URI)} {
			if size := len(f.page("ana", http.StatusOK, path)); size > 60_000 {
				t.Errorf("%s has %d bytes", path, size)
			}
		}
		for _, path := range []string{"/timeline", "/timeline?in=posts", "/author/ana@home.example", "/search?q=word&sort=relevance"} {
			if seen := f.turn(path); len(seen) != len(posts) {
				t.Errorf("%s shows %d posts on all its pages, want %d", path, len(seen), len(posts))
			}
		}
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", posts[4].URI)), "the end")
	})
}

// turn turns the pages of a list, and returns the addresses of the posts on them.
func (f *fixture) turn(path string) map[string]bool {
	f.t.Helper()
	seen := map[string]bool{}
	for path != "" {
		page := f.page("ana", http.StatusOK, path)
		for _, article := range strings.Split(page, `data-open="`)[1:] {
			uri, _, _ := strings.Cut(article, `"`)
			if seen[uri] {
				f.t.Errorf("%s is shown twice", uri)
			}
			seen[uri] = true
		}
		_, after, _ := strings.Cut(page, `<nav class="more"`)
		_, after, _ = strings.Cut(after, `href="`)
		path, _, _ = strings.Cut(after, `"`)
		path = strings.ReplaceAll(path, "&amp;", "&")
	}
	return seen
}
