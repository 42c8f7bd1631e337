package mastodontest

import (
	"bytes"
	"image"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestFilesAreWhatTheySay(t *testing.T) {
	w := New()
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	var drafts []Media
	for format := range types {
		drafts = append(drafts, Media{Format: format}, Media{Format: format, Size: 5000})
	}
	seen := map[string]bool{}
	for _, f := range bo.Post(start, Draft{Media: drafts}).now().files {
		data := f.data()
		if got := http.DetectContentType(data); got != types[f.Format] {
			t.Errorf("a %s looks like %s", f.Format, got)
		}
		if strings.HasPrefix(types[f.Format], "image/") {
			if _, format, err := image.Decode(bytes.NewReader(data)); err != nil || format != f.Format {
				t.Errorf("the %s is a %s: %v", f.Format, format, err)
			}
		}
		if len(data) < f.Size {
			t.Errorf("the %s has %d bytes, want %d", f.Format, len(data), f.Size)
		}
		if seen[string(data)] || !bytes.Equal(data, f.data()) {
			t.Errorf("the bytes of a %s are not its own, or change", f.Format)
		}
		seen[string(data)] = true
	}
}

type shownFile struct {
	Type   string
	URL    string
	Remote string `json:"remote_url"`
}

// How a file of another server is shown and served, by its options and the kind of server.
func TestFilesOfOthers(t *testing.T) {
	for _, test := range []struct {
		name     string
		software Software
		media    Media
		shown    bool
		url      string // a part of it
		copied   int    // what url answers, through redirects
		original int    // what remote_url answers
	}{
		{"stored", Mastodon45, Media{}, true, "/system/cache/", 200, 200},
		{"no copy", Mastodon45, Media{CopyGone: true}, true, "/system/cache/", 404, 200},
		{"no original", Mastodon45, Media{OriginalGone: true}, true, "/system/cache/", 200, 404},
		{"nowhere", Mastodon45, Media{CopyGone: true, OriginalGone: true}, true, "/system/cache/", 404, 404},
		{"proxied", Mastodon45, Media{Copy: CopyProxied}, true, "/media_proxy/", 200, 200},
		{"proxied in vain", Mastodon45, Media{Copy: CopyProxied, OriginalGone: true}, true, "/media_proxy/", 404, 404},
		{"never fetched", Mastodon45, Media{Copy: CopyNone}, true, "", 0, 200},
		{"GoToSocial", GoToSocial, Media{}, true, "/fileserver/", 200, 200},
		{"GoToSocial, never fetched", GoToSocial, Media{Copy: CopyNone}, false, "", 0, 0},
		{"Pleroma", Pleroma, Media{}, true, "https://b.example/", 200, 200},
	} {
		w := New()
		ana := w.Instance("a.example", test.software).Person("ana")
		bo := w.Instance("b.example", Mastodon45).Person("bo")
		p := bo.Post(start, Draft{Text: "x", Media: []Media{test.media}})
		status := value[struct {
			Content string
			Files   []shownFile `json:"media_attachments"`
		}](t, get(ana, "/api/v1/statuses/"+ana.home.ID(p)))
		if !test.shown {
			if len(status.Files) != 0 || !strings.Contains(status.Content, p.now().files[0].original()) {
				t.Errorf("%s: shown as %+v", test.name, status)
			}
			continue
		}
		f := status.Files[0]
		if !strings.Contains(f.URL, test.url) || (f.URL == "") != (test.url == "") {
			t.Errorf("%s: the url is %q", test.name, f.URL)
		}
		if got := fetch(w, f.URL); got != test.copied {
			t.Errorf("%s: the copy answers %d, want %d", test.name, got, test.copied)
		}
		if got := fetch(w, f.Remote); got != test.original {
			t.Errorf("%s: the original answers %d, want %d", test.name, got, test.original)
		}
	}
}

// fetch gets a file through redirects and gives the last status; 0 without an address.
func fetch(w *World, address string) int {
	for address != "" {
		u, err := url.Parse(address)
		if err != nil {
			panic(err)
		}
		a := ask(w.instances[u.Host], nil, u.RequestURI())
		if a.code != http.StatusFound {
			return a.code
		}
		address = u.ResolveReference(&url.URL{Path: a.header.Get("Location")}).String()
		if l := a.header.Get("Location"); strings.Contains(l, "://") {
			address = l
		}
	}
	return 0
}

func TestOwnFilesHaveNoRemoteURL(t *testing.T) {
	bo := New().Instance("b.example", Mastodon45).Person("bo")
	p := bo.Post(start, Draft{Media: []Media{{}}})
	a := get(bo, "/api/v1/statuses/"+bo.home.ID(p))
	if !strings.Contains(a.body, `"remote_url":null`) {
		t.Error(a.body)
	}
	p.Delete()
	if got := fetch(bo.world, p.now().files[0].original()); got != 404 {
		t.Errorf("a deleted post's file answers %d", got)
	}
}

func TestSameBytes(t *testing.T) {
	bo := New().Instance("b.example", Mastodon45).Person("bo")
	files := bo.Post(start, Draft{Media: []Media{{Same: "x"}, {Same: "x", Alt: "y"}, {}}}).now().files
	if !bytes.Equal(files[0].data(), files[1].data()) || bytes.Equal(files[0].data(), files[2].data()) {
		t.Error("the wrong files are the same")
	}
	if files[0].original() == files[1].original() {
		t.Error("two files have one address")
	}
}
