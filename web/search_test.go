package web_test

import (
	"net/http"
	"strings"
	"testing"

	"lama/archive"
)

func TestASearchMarksWhatItFound(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("zoe@far.example", "10", "public", map[string]any{"content": `<p>Two <b>herons</b> &amp; a <a href="https://far.example/heron">pond</a></p>`})
		p.Content = "Two herons & a pond"
		f.did(ana, archive.BaseFavourite, p, status("zoe@far.example", "11", "public", nil))
		page := f.page("ana", http.StatusOK, at("/search", "q", "heron*"))
		shows(t, page, `Two <b><mark>herons</mark></b> &amp; a <a href="https://far.example/heron"`)
		if n := strings.Count(page, "<article"); n != 1 {
			t.Errorf("%d posts are shown, want 1", n)
		}
		shows(t, f.page("bob", http.StatusOK, at("/search", "q", "heron*")), "No post that you can see matches.")
	})
}

// What was found is to be seen wherever it stands.
func TestASearchShowsWhatItFoundBesideTheText(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := picture(status("zoe@far.example", "10", "public", map[string]any{"spoiler_text": "About <herons>",
			"poll": map[string]any{"options": []any{map[string]any{"title": "the heron"}, map[string]any{"title": "no bird"}}},
			"card": map[string]any{"url": "https://far.example/", "title": "Heron & co"}}), "image", "A heron")
		p.PollOptions = []string{"the heron", "no bird"}
		f.did(ana, archive.BaseFavourite, p)
		shows(t, f.page("ana", http.StatusOK, at("/search", "q", "heron*")), "warning: <bdi>About &lt;<mark>herons</mark>&gt;</bdi>",
			"description: <bdi>A <mark>heron</mark></bdi>", "poll: <bdi>the <mark>heron</mark></bdi>", "link: <bdi><mark>Heron</mark> &amp; co</bdi>")
	})
}

func TestAMistakeInASearchIsTold(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	shows(t, f.page("ana", http.StatusOK, at("/search", "q", "hass:image")), `role="alert"`, "has")
}

func TestASearchGoesOnWhereItStopped(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for n := range 45 {
			f.did(ana, archive.BasePost, status("ana@home.example", string([]byte{'0' + byte(n/10), '0' + byte(n%10)}), "public", nil))
		}
		for _, path := range []string{at("/search", "q", "post"), "/search?q=post&sort=relevance"} {
			seen := map[string]bool{}
			for path != "" {
				page := f.page("ana", http.StatusOK, path)
				for _, article := range strings.Split(page, `data-open="`)[1:] {
					uri, _, _ := strings.Cut(article, `"`)
					seen[uri] = true
				}
				_, after, _ := strings.Cut(page, `class="button" href="`)
				path, _, _ = strings.Cut(after, `"`)
				path = strings.ReplaceAll(path, "&amp;", "&")
			}
			if len(seen) != 45 {
				t.Errorf("%d posts on all pages, want 45", len(seen))
			}
		}
	})
}
