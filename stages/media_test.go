package stages_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
)

func TestMediaFetched(t *testing.T) {
	b := newMediaBench(t, mediaAnswer(200, mediaPNG, "Content-Type", "text/html"))
	task := b.task("/a.jpg?v=1")
	settle, batch := b.fetch(t, task)
	if diff := cmp.Diff(archive.Outcome{State: archive.Done}, settle.Outcome); diff != "" {
		t.Error(diff)
	}
	want := archive.Fetched{PostURI: task.Media.PostURI, Source: task.Media.URL, File: archive.File{
		SHA256: mediaSum(mediaPNG), Size: int64(len(mediaPNG)), Type: "image/png", Path: mediaPath,
	}}
	if diff := cmp.Diff([]archive.Fetched{want}, batch.Fetched); diff != "" {
		t.Error(diff)
	}
	b.wantFiles(t, map[string]string{mediaPath: mediaPNG})
	if diff := cmp.Diff([]string{"/a.jpg?v=1 200 false"}, b.observed); diff != "" {
		t.Error(diff)
	}
}

func TestMediaKinds(t *testing.T) {
	for _, c := range []struct{ name, body, declared, want string }{
		{"gif", "GIF89a\x01\x00\x01\x00", "gifv", "image/gif .gif"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image", "image/jpeg .jpg"},
		{"webm", "\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video", "video/webm .webm"},
		{"svg", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "image", "image/svg+xml .svg"},
		{"bytes of no known kind", "\x00\x01\x02\x03\x80", "image", "application/octet-stream .bin"},
		{"text", "dear diary", "unknown", "text/plain .txt"},
		{"text for an image", "dear diary", "image", "a page (text/plain)"},
		{"html", mediaHTML, "image", "a page (text/html)"},
		{"html of unknown type", mediaHTML, "unknown", "a page (text/html)"},
		{"xhtml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>`, "unknown", "a page ("},
		{"xml", `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, "unknown", "a page (text/xml)"},
		{"json", `{"error":"Record not found"}`, "video", "a page (application/json)"},
		{"empty", "", "unknown", "an empty file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newMediaBench(t, mediaAnswer(200, c.body))
			task := b.task("/a")
			task.Media.Type = c.declared
			settle, batch := b.fetch(t, task)
			got := settle.Reason
			for _, f := range batch.Fetched {
				got = f.File.Type + " " + filepath.Ext(f.File.Path)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The addresses in their order: the original, when the server's own copy is gone; the media proxy last.
func TestMediaAddresses(t *testing.T) {
	for name, c := range map[string]struct{ paths, asked []string }{
		"the original": {[]string{"/gone", "/here"}, []string{"/gone", "/here"}},
		"the proxy":    {[]string{"/media_proxy/here", "/gone"}, []string{"/gone", "/media_proxy/here"}},
		"no proxy":     {[]string{"/media_proxy/here", "/here"}, []string{"/here"}},
		"none":         {[]string{"/gone/1", "/gone/2"}, []string{"/gone/1", "/gone/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.Path)
				status := 200
				if strings.HasPrefix(r.URL.Path, "/gone") {
					status = 404
				}
				mediaAnswer(status, mediaPNG)(w, r)
			})
			task := b.task(c.paths...)
			settle, _ := b.fetch(t, task)
			for settle.State == archive.Pending {
				task.Media.Step, task.Media.Gone, task.Media.Reason = settle.Step, settle.Gone, settle.Reason
				settle, _ = b.fetch(t, task)
			}
			if diff := cmp.Diff(c.asked, asked); diff != "" {
				t.Error(diff)
			}
			want := b.server.URL + "/gone/1: 404 Not Found; " + b.server.URL + "/gone/2: 404 Not Found"
			if name == "none" && (settle.State != archive.Refused || settle.Reason != want) {
				t.Errorf("got %+v, want refused because %s", settle.Outcome, want)
			}
			if name != "none" && settle.State != archive.Done {
				t.Errorf("got %+v", settle.Outcome)
			}
		})
	}
}

// The same bytes are kept once, and put back where they should be and are not.
func TestMediaSameBytesTwice(t *testing.T) {
	b := newMediaBench(t, mediaAnswer(200, mediaPNG))
	_, batch := b.fetch(t, b.task("/a"))
	first := batch.Fetched[0].File
	b.known[first.SHA256] = first
	for name, prepare := range map[string]func(string) error{
		"there":     func(string) error { return nil },
		"lost":      os.Remove,
		"damaged":   func(p string) error { return os.WriteFile(p, []byte("x"), 0o600) },
		"same size": func(p string) error { return os.WriteFile(p, []byte(mediaPNG2), 0o600) },
		"no folder": func(p string) error { return os.RemoveAll(filepath.Dir(p)) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := prepare(filepath.Join(b.dir, filepath.FromSlash(first.Path))); err != nil {
				t.Fatal(err)
			}
			task := b.task("/b")
			task.Media.PostID = "110"
			_, batch := b.fetch(t, task)
			if diff := cmp.Diff(first, batch.Fetched[0].File); diff != "" {
				t.Error(diff)
			}
			b.wantFiles(t, map[string]string{mediaPath: mediaPNG})
		})
	}
}

// A run that was killed after the file got its name and before the commit asks again.
func TestMediaKilledBeforeCommit(t *testing.T) {
	b := newMediaBench(t, mediaAnswer(200, mediaPNG))
	for range 2 {
		if _, batch := b.fetch(t, b.task("/a")); batch.Fetched[0].File.Path != mediaPath {
			t.Errorf("got %+v", batch.Fetched)
		}
	}
	b.wantFiles(t, map[string]string{mediaPath: mediaPNG})
}

// An edited post may have another file in the same place: the older one stays.
func TestMediaReplaced(t *testing.T) {
	body := mediaPNG
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) { mediaAnswer(200, body)(w, r) })
	b.fetch(t, b.task("/a"))
	body = mediaPNG2
	_, batch := b.fetch(t, b.task("/b"))
	second := strings.TrimSuffix(mediaPath, ".png") + "~" + mediaSum(mediaPNG2)[:8] + ".png"
	if batch.Fetched[0].File.Path != second {
		t.Errorf("got %+v", batch.Fetched)
	}
	b.wantFiles(t, map[string]string{mediaPath: mediaPNG, second: mediaPNG2})
}
