package stages_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/outward"
)

const (
	mediaWhole = mediaPNG + "0123456789" // 30 bytes
	mediaOther = mediaPNG2 + "another file in the same place"

	mediaTag     = "\r\nETag: \"1\""
	mediaChunked = "\r\nTransfer-Encoding: chunked"
)

// mediaScript gives raw answers in turn, each on a connection that is then closed, and notes which part each request
// asks for, and of which file.
type mediaScript struct {
	answers []string

	mu    sync.Mutex
	asked []string
}

func (s *mediaScript) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, strings.TrimSpace(r.Header.Get("Range")+" "+r.Header.Get("If-Range")))
	if n := len(s.asked); n <= len(s.answers) {
		mediaRaw(s.answers[n-1])(w, r)
		return
	}
	http.Error(w, "a request too many", http.StatusTeapot)
}

// requests are what was asked so far.
func (s *mediaScript) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// mediaFull is an answer with a whole file.
func mediaFull(body, headers string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d%s\r\n\r\n%s", len(body), headers, body)
}

// mediaCut is an answer with mediaWhole, cut after so many bytes.
func mediaCut(after int, headers string) string {
	return strings.TrimSuffix(mediaFull(mediaWhole, headers), mediaWhole[after:])
}

// mediaRest is an answer with mediaWhole from one byte on, cut before another.
func mediaRest(from, to int) string {
	headers := fmt.Sprintf("\r\nContent-Length: %d\r\nContent-Range: bytes %d-29/30", 30-from, from)
	return mediaAPart(headers, mediaWhole[from:to])
}

// mediaChunk is an answer with the last ten bytes of mediaWhole, or so it says, in one chunk, and cut before its end.
func mediaChunk(body string) string {
	return mediaAPart(mediaChunked+"\r\nContent-Range: bytes 20-29/30", fmt.Sprintf("%x\r\n%s\r\n", len(body), body))
}

// mediaAPart is an answer that calls itself a part.
func mediaAPart(headers, body string) string {
	return "HTTP/1.1 206 Partial Content" + headers + "\r\n\r\n" + body
}

// mediaEmpty is an answer without a body.
func mediaEmpty(status string) string { return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n" }

// A transfer that breaks is asked on for at once, as long as it is sure to be of the same file and brings more of it.
func TestMediaResumes(t *testing.T) {
	const old, date = "Sun, 22 Nov 2026 11:59:00 GMT", "\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT"
	const modified, young = "\r\nLast-Modified: " + old, "\r\nLast-Modified: Sun, 22 Nov 2026 11:59:01 GMT"
	const rest, cut = `bytes=20- "1"`, "unexpected EOF"
	first, last, none := mediaCut(20, mediaTag), mediaRest(20, 30), mediaEmpty("416 Range Not Satisfiable")
	some := mediaAPart("\r\nContent-Length: 4\r\nContent-Range: bytes 20-23/30", "0123")
	chunks := "HTTP/1.1 200 OK" + mediaTag + mediaChunked + "\r\n\r\n14\r\n" + mediaPNG + "\r\n"
	for _, c := range []struct {
		name    string
		answers []string
		asked   []string // beyond the first request
		want    string   // the file, or why it did not come
	}{
		{"by its ETag", []string{first, last}, []string{rest}, mediaWhole},
		{"by its date", []string{mediaCut(20, date+modified), last}, []string{"bytes=20- " + old}, mediaWhole},
		{"by both", []string{mediaCut(20, mediaTag+date+modified), last}, []string{rest}, mediaWhole},
		{"changed a moment ago", []string{mediaCut(20, date+young)}, nil, cut},
		{"of a date with nothing to compare", []string{mediaCut(20, modified)}, nil, cut},
		{"of a weak ETag", []string{mediaCut(20, date+modified+"\r\nETag: W/\"1\"")}, nil, cut},
		{"of an ETag that is none", []string{mediaCut(20, "\r\nETag: \"")}, nil, cut},
		{"of nothing to know it by", []string{mediaCut(20, "")}, nil, cut},

		{"broken before its first byte", []string{mediaCut(0, mediaTag)}, nil, cut},
		{"broken after its first byte", []string{mediaCut(1, mediaTag), mediaRest(1, 30)},
			[]string{`bytes=1- "1"`}, mediaWhole},
		{"broken three times", []string{mediaCut(9, mediaTag), mediaRest(9, 10), mediaRest(10, 29), mediaRest(29, 30)},
			[]string{`bytes=9- "1"`, `bytes=10- "1"`, `bytes=29- "1"`}, mediaWhole},
		{"broken four times", []string{mediaCut(9, mediaTag), mediaRest(9, 10), mediaRest(10, 20), mediaRest(20, 29)},
			[]string{`bytes=9- "1"`, `bytes=10- "1"`, rest}, cut},
		{"that brings nothing more", []string{first, mediaRest(20, 20)}, []string{rest}, cut},
		{"in parts that the server chooses", []string{first, some, mediaRest(24, 30)},
			[]string{rest, `bytes=24- "1"`}, mediaWhole},

		{"of unknown size", []string{chunks, last}, []string{rest}, mediaWhole},
		{"of unknown size, broken again", []string{chunks, mediaRest(20, 25), mediaRest(25, 30)},
			[]string{rest, `bytes=25- "1"`}, mediaWhole},
		{"all there but for the last word", []string{chunks, mediaChunk("0123456789")}, []string{rest}, mediaWhole},
		{"with more than was promised", []string{chunks, mediaChunk("0123456789A")}, []string{rest}, cut},
		{"with more than was promised, and ended", []string{chunks, mediaChunk("0123456789A") + "0\r\n\r\n"},
			[]string{rest}, "31 bytes came, 30 were promised"},

		{"from its beginning", []string{first, mediaFull(mediaOther, "")}, []string{rest}, mediaOther},
		{"from its beginning, and on", []string{first, mediaCut(25, "\r\nETag: \"2\""), mediaRest(25, 30)},
			[]string{rest, `bytes=25- "2"`}, mediaWhole},
		{"from its beginning, for no more", []string{first, mediaCut(20, mediaTag)}, []string{rest}, cut},
		{"now a page", []string{first, mediaFull(mediaHTML, "")}, []string{rest}, "a page (text/html)"},
		{"now compressed", []string{first, mediaFull("\x1f\x8b", "\r\nContent-Encoding: gzip")},
			[]string{rest}, "compressed"},

		{"not there", []string{first, mediaEmpty("404 Not Found")}, []string{rest}, "404 Not Found"},
		{"not now", []string{first, mediaEmpty("503 Service Unavailable")}, []string{rest}, "503 Service Unavailable"},
		{"no content", []string{first, mediaEmpty("204 No Content")}, []string{rest}, "204 No Content"},
		{"no answer", []string{first, ""}, []string{rest}, "reset"},
		{"no parts", []string{first, none, mediaFull(mediaOther, "")}, []string{rest, ""}, mediaOther},
		{"no parts, and broken", []string{first, none, mediaCut(25, mediaTag)}, []string{rest, ""}, cut},
		{"no parts, then gone", []string{first, none, mediaEmpty("404 Not Found")}, []string{rest, ""}, "404 Not Found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			script := &mediaScript{answers: c.answers}
			b := newMediaBench(t, script.handle)
			settle, batch := b.fetch(t, b.task("/a"))
			if diff := cmp.Diff(append([]string{""}, c.asked...), script.requests()); diff != "" {
				t.Error(diff)
			}
			if len(b.observed) != len(script.requests()) {
				t.Errorf("observed %q", b.observed)
			}
			if !strings.HasPrefix(c.want, "\x89PNG") {
				b.wantFiles(t, map[string]string{})
				if settle.State == archive.Done || !strings.Contains(settle.Reason, c.want) {
					t.Errorf("got %+v, want %s", settle.Outcome, c.want)
				}
				return
			}
			b.wantFiles(t, map[string]string{mediaPath: c.want})
			for _, f := range batch.Fetched {
				if f.File.SHA256 != mediaSum(c.want) || f.File.Size != int64(len(c.want)) {
					t.Errorf("got %+v", f.File)
				}
			}
		})
	}
}

// A part that is not what comes next of the same file is not put to what came: the file is asked for anew.
func TestMediaPartsThatDoNotFit(t *testing.T) {
	for name, headers := range map[string]string{
		"none said":           "\r\nContent-Length: 10",
		"from elsewhere":      "\r\nContent-Length: 10\r\nContent-Range: bytes 19-28/30",
		"of another size":     "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/31",
		"of unknown size":     "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/*",
		"of other units":      "\r\nContent-Length: 10\r\nContent-Range: lines 20-29/30",
		"of two parts":        "\r\nContent-Length: 10\r\nContent-Type: multipart/byteranges; boundary=x",
		"backwards":           "\r\nContent-Length: 10\r\nContent-Range: bytes 20-19/30",
		"backwards in chunks": "\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 20-19/30",
		"past the end":        "\r\nContent-Length: 11\r\nContent-Range: bytes 20-30/30",
		"of other length":     "\r\nContent-Length: 10\r\nContent-Range: bytes 20-28/30",
		"and more words":      "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/30, 1-2/30",
		"of another file":     "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/30\r\nETag: \"2\"",
		"of the same, weak":   "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/30\r\nETag: W/\"1\"",
		"compressed":          "\r\nContent-Length: 10\r\nContent-Range: bytes 20-29/30\r\nContent-Encoding: br",
	} {
		t.Run(name, func(t *testing.T) {
			misfit := mediaAPart(headers, "ABCDEFGHIJ")
			script := &mediaScript{answers: []string{mediaCut(20, mediaTag), misfit, mediaFull(mediaOther, "")}}
			b := newMediaBench(t, script.handle)
			b.fetch(t, b.task("/a"))
			if diff := cmp.Diff([]string{"", `bytes=20- "1"`, ""}, script.requests()); diff != "" {
				t.Error(diff)
			}
			b.wantFiles(t, map[string]string{mediaPath: mediaOther})
			if diff := cmp.Diff([]string{"/a 200 true", "/a 206 false", "/a 200 false"}, b.observed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every further request is taken out of the host's budget. Where that has none the task is deferred as after any
// break.
func TestMediaResumesWithinTheBudget(t *testing.T) {
	first, misfit := mediaCut(20, mediaTag), mediaEmpty("416 Range Not Satisfiable")
	for name, c := range map[string]struct {
		answers  []string
		budget   int
		admitted []string
		observed []string
		want     archive.State
	}{
		"nothing broke": {[]string{mediaFull(mediaWhole, "")}, 0, nil, []string{"/a 200 false"}, archive.Done},
		"enough": {[]string{first, mediaRest(20, 30)}, 1, []string{"/a yes"},
			[]string{"/a 200 true", "/a 206 false"}, archive.Done},
		"none": {[]string{first}, 0, []string{"/a no"}, []string{"/a 200 true"}, archive.Pending},
		"of two": {[]string{first, misfit, mediaFull(mediaWhole, "")}, 2, []string{"/a yes", "/a yes"},
			[]string{"/a 200 true", "/a 416 false", "/a 200 false"}, archive.Done},
		"of one": {[]string{first, misfit}, 1, []string{"/a yes", "/a no"},
			[]string{"/a 200 true", "/a 416 false"}, archive.Pending},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, (&mediaScript{answers: c.answers}).handle)
			var admitted []string
			b.Admit = func(url string) bool {
				said := map[bool]string{true: " yes", false: " no"}[c.budget > 0]
				admitted = append(admitted, strings.TrimPrefix(url, b.server.URL)+said)
				c.budget--
				return c.budget >= 0
			}
			settle, _ := b.fetch(t, b.task("/a", "/b"))
			if diff := cmp.Diff(c.admitted, admitted); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.observed, b.observed); diff != "" {
				t.Error(diff)
			}
			if settle.State != c.want {
				t.Errorf("got %+v", settle.Outcome)
			}
			if c.want == archive.Pending && (settle.Step != 0 || !settle.NotBefore.Equal(mediaNow.Add(5*time.Second)) ||
				!strings.HasSuffix(settle.Reason, "/a: unexpected EOF")) {
				t.Errorf("got step %d, %+v", settle.Step, settle.Outcome)
			}
		})
	}
}

// What a server says while a file is on its way counts as at any other time.
func TestMediaResumesAreToldToWait(t *testing.T) {
	busy := "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
	b := newMediaBench(t, (&mediaScript{answers: []string{mediaCut(20, mediaTag), busy}}).handle)
	settle, _ := b.fetch(t, b.task("/a"))
	if settle.State != archive.Pending || !settle.NotBefore.Equal(mediaNow.Add(2*time.Minute)) {
		t.Errorf("got %+v", settle.Outcome)
	}
	if diff := cmp.Diff([]string{"/a 200 true", "/a 429 120false"}, b.observed); diff != "" {
		t.Error(diff)
	}
}

// The limit is one of the whole file, whatever its parts are.
func TestMediaResumesWithinBounds(t *testing.T) {
	chunks := "HTTP/1.1 200 OK" + mediaTag + mediaChunked + "\r\n\r\n14\r\n" + mediaPNG + "\r\n"
	for name, c := range map[string]struct {
		limit   int64
		answers []string
		want    archive.State
	}{
		"as large as allowed": {30, []string{mediaCut(20, mediaTag), mediaRest(20, 30)}, archive.Done},
		"larger in its parts": {29, []string{chunks, mediaRest(20, 30)}, archive.Refused},
		"larger by now":       {30, []string{mediaCut(20, mediaTag), mediaFull(mediaOther, "")}, archive.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, (&mediaScript{answers: c.answers}).handle)
			b.MaxBytes = c.limit
			settle, _ := b.fetch(t, b.task("/a"))
			if settle.State != c.want {
				t.Errorf("got %+v", settle.Outcome)
			}
			if c.want == archive.Refused {
				b.wantFiles(t, map[string]string{})
			}
		})
	}
}

// A server that stops sending is asked on, too.
func TestMediaResumesAfterAStall(t *testing.T) {
	stalled := false
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if stalled {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(mediaWhole))
			return
		}
		stalled = true
		w.Header().Set("Content-Length", "30")
		io.WriteString(w, mediaWhole[:20])
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	b.HTTP = mediaClient(t, outward.Options{Own: []string{b.server.URL}, Idle: 50 * time.Millisecond})
	b.fetch(t, b.task("/a"))
	b.wantFiles(t, map[string]string{mediaPath: mediaWhole})
	if diff := cmp.Diff([]string{"/a 200 true", "/a 206 false"}, b.observed); diff != "" {
		t.Error(diff)
	}
}

// A run that ends asks for nothing more.
func TestMediaDoesNotResumeWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"1"`)
		io.WriteString(w, strings.Repeat(mediaPNG, 1000))
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	b.Admit = func(string) bool { asked++; return true }
	if _, err := b.Fetch(ctx, b.task("/a"), arrived); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	b.wantFiles(t, map[string]string{})
	if asked != 1 || len(b.observed) > 0 {
		t.Errorf("asked %d times, observed %q", asked, b.observed)
	}
}
