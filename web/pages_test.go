package web_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"lama/archive"
	"lama/web"
)

func TestAListGoesOnWhereItStopped(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for n := range 45 {
			f.did(ana, archive.BaseFavourite, status("zoe@far.example", string([]byte{'0' + byte(n/10), '0' + byte(n%10)}), "public", nil))
		}
		seen, path := 0, "/timeline?in=favourites"
		for path != "" {
			page := f.page("ana", http.StatusOK, path)
			seen += strings.Count(page, "<article")
			_, after, _ := strings.Cut(page, `class="button" href="`)
			path, _, _ = strings.Cut(after, `"`)
			path = strings.ReplaceAll(path, "&amp;", "&")
		}
		if seen != 45 {
			t.Errorf("%d posts on all pages, want 45", seen)
		}
		shows(t, f.page("ana", http.StatusOK, "/timeline"), "<p>post 44</p>", "<p>post 43</p>", "<p>post 25</p>")
	})
}

func TestHomeShowsThisDayInEarlierYears(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for id, day := range map[string]string{"10": "2024-11-23", "11": "2025-11-23", "12": "2025-11-22", "13": "2025-11-24"} {
			f.did(ana, archive.BasePost, status("ana@home.example", id, "public", map[string]any{"created_at": day + "T12:00:00Z"}))
		}
		page := f.page("ana", http.StatusOK, "/")
		shows(t, page, "On this day", "<h3>2025</h3>", "<p>post 11</p>", "<h3>2024</h3>", "<p>post 10</p>", "Recently", "<p>post 13</p>")
		then, _, _ := strings.Cut(page, "Recently")
		if strings.Contains(then, "post 12") || strings.Contains(then, "post 13") {
			t.Errorf("other days are taken for this one:\n%s", then)
		}
	})
}

func TestAPostStandsInItsThread(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		top := status("zoe@far.example", "10", "public", nil)
		middle := replyTo(status("ana@home.example", "11", "public", nil), top)
		below := replyTo(status("bob@home.example", "12", "public", nil), middle)
		deeper := replyTo(status("ana@home.example", "13", "public", nil), below)
		f.did(ana, archive.BaseFavourite, top)
		f.did(ana, archive.BasePost, middle, deeper)
		f.did(bob, archive.BasePost, below)
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", middle.URI)),
			"<p>post 10</p>", "<p>post 11</p>", "Replies in the archive", "depth1", "<p>post 12</p>", "depth2", "<p>post 13</p>",
			"Why it is here", "ana@home.example posted it, archived 2")
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", middle.URL)), "<p>post 11</p>")
	})
}

// A boost is a post of who made it, but nobody would say that they posted it.
func TestABoostSaysWhoBoostedAndWhen(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("zoe@far.example", "10", "public", nil)
		boost := status("ana@home.example", "11", "public", nil)
		boost.Reblog, boost.CreatedAt = p.URI, archive.ParseTime("2026-11-22T09:30:00Z")
		f.did(ana, archive.BaseReblog, p)
		f.did(ana, archive.BasePost, boost)
		shows(t, f.page("ana", http.StatusOK, "/timeline?in=posts"), "boosted</a>", boost.CreatedAt.Local().Format("2 Jan 2006, 15:04"),
			"<p>post 10</p>", "boosted · ana@home.example")
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", boost.URI)), "ana@home.example boosted it, archived 2")
	})
}

// A server that knows no quotes puts a line into the text instead, each kind in its own way.
func TestTheLineInPlaceOfAQuoteGoesWhereTheQuoteIsShown(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("zoe@far.example", "10", "public", nil)
		link := `RE: <a href="` + p.URL + `"><span class="invisible">https://</span>zoe’s</a>`
		for i, content := range []string{`<p class="quote-inline">` + link + `</p><p>so</p>`,
			`<p>so</p><span class="quote-inline"><br><br>` + link + `</span>`} {
			quoting := status("ana@home.example", fmt.Sprint(20+i), "public", map[string]any{"content": content})
			quoting.References = []archive.Reference{{Chain: archive.ChainQuote, Target: archive.IDName("home.example", "10")}}
			f.did(ana, archive.BasePost, quoting)
			shows(t, f.page("ana", http.StatusOK, at("/post", "uri", quoting.URI)), "RE: ", "zoe’s</a>")
		}
		f.did(ana, archive.BasePost, p)
		for i := range 2 {
			page := f.page("ana", http.StatusOK, at("/post", "uri", status("ana@home.example", fmt.Sprint(20+i), "public", nil).URI))
			if shows(t, page, "<p>so</p>", "<p>post 10</p>"); strings.Contains(page, "RE: ") {
				t.Errorf("the quote is there twice:\n%s", page)
			}
		}
	})
}

// Whose own it is learns what they took back.
func TestWhatWasTakenBackIsSaid(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("ana@home.example", "10", "public", nil)
		f.did(ana, archive.BasePost, p)
		back := archive.Batch{Account: ana.Name(), Doings: []archive.Doing{{PostURI: p.URI, Base: archive.BasePost}}}
		if _, err := f.store.Commit(t.Context(), []archive.Batch{back}); err != nil {
			t.Fatal(err)
		}
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", p.URI)), "posted it, archived 2", "taken back, noticed on 2")
		if page := f.page("bob", http.StatusOK, at("/post", "uri", p.URI)); strings.Contains(page, "taken back") {
			t.Error("bob learns what ana took back")
		}
	})
}

func TestVersionsAreComparedWordByWord(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("zoe@far.example", "10", "public", map[string]any{"content": "<p>The heron looks annoyed</p>"})
		f.did(ana, archive.BaseFavourite, p)
		edited := status("zoe@far.example", "10", "public", map[string]any{"content": "<p>The heron looks content</p>"})
		edited.Content, edited.EditedAt = "The heron looks content", archive.ParseTime("2026-02-01T00:00:00Z")
		f.did(ana, archive.BaseFavourite, edited)
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", p.URI)),
			"Versions", "The heron looks <del>annoyed</del><ins>content</ins>", "The heron looks annoyed")
	})
}

func TestAFileIsSentInPartsAndNeverRuns(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		image := picture(status("zoe@far.example", "10", "public", nil), "image", "a heron")
		drawing := picture(status("zoe@far.example", "11", "public", nil), "image", "a drawing")
		f.did(ana, archive.BaseFavourite, image, drawing)
		sum := f.download(image, "image/png", "0123456789")
		svg := f.download(drawing, "image/svg+xml", "<svg onload=alert(1)>")
		r := f.ask("ana", "/media/"+sum, "Range", "bytes=2-4")
		body, _ := io.ReadAll(r.Body)
		if r.StatusCode != http.StatusPartialContent || string(body) != "234" || r.Header.Get("Content-Type") != "image/png" {
			t.Errorf("a part: %d %q %q", r.StatusCode, body, r.Header.Get("Content-Type"))
		}
		if r := f.ask("ana", "/media/"+sum, "If-None-Match", r.Header.Get("ETag")); r.StatusCode != http.StatusNotModified {
			t.Errorf("what the browser has: %d", r.StatusCode)
		}
		r = f.ask("ana", "/media/"+svg)
		if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") ||
			r.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("a drawing is sent as %q %q", got, r.Header.Get("Content-Type"))
		}
		shows(t, f.page("ana", http.StatusOK, "/media"), `src="/media/`+sum, `alt="a heron"`)
	})
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for _, path := range append(f.reader.Patterns(), "GET /static/reader.css", "GET /nothing") {
			h := f.ask("ana", strings.TrimSuffix(strings.TrimPrefix(path, "GET "), "{$}")).Header
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: %v", path, h)
			}
		}
	})
}

func TestANameThatIsNotOursIsRefused(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	for name, want := range map[string]int{host: http.StatusOK, "evil.example": http.StatusMisdirectedRequest,
		"127.0.0.1:80": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest} {
		q, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/", nil)
		q.Host = name
		w := &recorder{header: http.Header{}}
		f.reader.ServeHTTP(w, q)
		if w.code != want {
			t.Errorf("Host %q: %d, want %d", name, w.code, want)
		}
	}
}

// recorder notes the code of an answer.
type recorder struct {
	header http.Header
	code   int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }
func (r *recorder) WriteHeader(code int)        { r.code = code }

func TestAPageThatIsKnownIsNotSentAgain(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	first := f.ask("ana", "/")
	if first.StatusCode != http.StatusOK || first.Header.Get("ETag") == "" {
		t.Fatalf("%d %v", first.StatusCode, first.Header)
	}
	if again := f.ask("ana", "/", "If-None-Match", first.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("again: %d", again.StatusCode)
	}
	f.did(ana, archive.BasePost, status("ana@home.example", "10", "public", nil))
	if after := f.ask("ana", "/", "If-None-Match", first.Header.Get("ETag")); after.StatusCode != http.StatusOK {
		t.Errorf("after something new: %d", after.StatusCode)
	}
}

func TestLoopback(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:8470": true, "[::1]:0": true, "localhost:80": true, "0.0.0.0:8470": false,
		":8470": false, "192.168.1.2:80": false, "example.org:80": false, "nonsense": false} {
		if got := web.Loopback(listen); got != want {
			t.Errorf("%s: %t", listen, got)
		}
	}
}

// What was imported is shown as any post, Python's dates included, and it is said where it came from.
func TestAnImportedPostSaysWhereItCameFrom(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		p := status("zoe@far.example", "10", "public", map[string]any{"created_at": "2026-01-01 00:00:10+00:00", "_mastopy_type": "Status",
			"poll": map[string]any{"options": []any{map[string]any{"title": "tea"}}, "expires_at": "2025-01-02 03:04:05+00:00"}})
		p.Imported = archive.FromLAMA
		f.did(ana, archive.BaseFavourite, p)
		shows(t, f.page("ana", http.StatusOK, at("/post", "uri", p.URI)), "<p>post 10</p>", "tea", "open until", "2025",
			"Imported from an archive of LAMA 1.x")
		p.Imported, p.JSON = "", []byte(`{}`)
		f.did(ana, archive.BaseFavourite, p)
		if page := f.page("ana", http.StatusOK, at("/post", "uri", p.URI)); strings.Contains(page, "Imported") {
			t.Error("it says so of what a server sent")
		}
	})
}
