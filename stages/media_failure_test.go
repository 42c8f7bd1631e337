package stages_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/archive"
	"lama/disk"
	"lama/outward"
)

func TestMediaFailures(t *testing.T) {
	again, refused := archive.Pending, archive.Refused
	one, two := []string{"/a"}, []string{"/a", "/b"}
	long := []string{"Retry-After", "9999999", "Date", mediaNow.Format(http.TimeFormat)}
	dated := []string{"Retry-After", mediaNow.Add(time.Hour).Format(http.TimeFormat),
		"Date", mediaNow.Add(50 * time.Minute).Format(http.TimeFormat)}
	for _, c := range []struct {
		name     string
		handler  http.HandlerFunc
		paths    []string
		attempts int
		state    archive.State
		step     int
		wait     time.Duration // 0: at once
		reason   string
	}{
		{"gone here", mediaAnswer(404, ""), two, 0, again, 1, 0, "/a: 404 Not Found"},
		{"gone", mediaAnswer(404, ""), one, 0, refused, 0, 0, "/a: 404 Not Found"},
		{"forbidden", mediaAnswer(403, ""), one, 0, refused, 0, 0, "/a: 403 Forbidden"},
		{"removed", mediaAnswer(410, ""), one, 0, refused, 0, 0, "/a: 410 Gone"},
		{"not for us", mediaAnswer(401, ""), one, 0, refused, 0, 0, "/a: 401 Unauthorized"},
		{"a redirect to nowhere", mediaAnswer(304, ""), one, 0, refused, 0, 0, "/a: 304 Not Modified"},
		{"failing", mediaAnswer(500, ""), two, 0, again, 0, 5 * time.Second, "/a: 500 Internal Server Error"},
		{"a status of its own", mediaAnswer(530, ""), one, 1, again, 0, 30 * time.Second, "/a: 530"},
		{"failing again", mediaAnswer(503, ""), one, 2, again, 0, 10 * time.Minute, "503"},
		{"failing for long", mediaAnswer(503, ""), one, 50, again, 0, 24 * time.Hour, "503"},
		{"failing for long here", mediaAnswer(503, ""), two, 4, again, 1, 0, "503"},
		{"too many", mediaAnswer(429, "", "Retry-After", "120"), one, 0, again, 0, 2 * time.Minute, "429 Too Many Requests"},
		{"too many, soon", mediaAnswer(429, "", "Retry-After", "0"), one, 1, again, 0, 30 * time.Second, "429"},
		{"too many, until", mediaAnswer(429, "", dated...), one, 0, again, 0, 10 * time.Minute, "429"},
		{"too many, for ever", mediaAnswer(429, "", long...), one, 0, again, 0, 24 * time.Hour, "429"},
		{"too many, nonsense", mediaAnswer(503, "", "Retry-After", "soon"), one, 0, again, 0, 5 * time.Second, "503"},
		{"a page here", mediaAnswer(200, mediaHTML), two, 0, again, 1, 0, "a page (text/html)"},
		{"a page", mediaAnswer(200, mediaHTML), one, 2, again, 0, 10 * time.Minute, "a page (text/html)"},
		{"a page every time", mediaAnswer(200, mediaHTML), one, 3, refused, 0, 0, "a page (text/html)"},
		{"no content", mediaAnswer(204, ""), two, 0, again, 1, 0, "204 No Content"},
		{"compressed", mediaAnswer(200, "\x1f\x8b", "Content-Encoding", "gzip"), two, 0, again, 1, 0, "compressed"},
		{"cut halfway", mediaRaw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + mediaPNG), one, 0,
			again, 0, 5 * time.Second, "unexpected EOF"},
		{"cut halfway in chunks", mediaRaw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x89PNG\r\r\n"), one, 0,
			again, 0, 5 * time.Second, "unexpected EOF"},
		{"no HTTP", mediaRaw("220 mail.example ESMTP\x1b[2J\r\n\r\n"), one, 0, again, 0, 5 * time.Second, "malformed HTTP"},
		{"a reset", mediaRaw(""), one, 0, again, 0, 5 * time.Second, "reset"},
		{"to a private address", mediaTo("http://127.0.0.1:1/"), two, 0, again, 1, 0, "not a public address"},
		{"to a private address at last", mediaTo("http://10.0.0.1/"), one, 0, refused, 0, 0, "not a public address"},
		{"to a file", mediaTo("file:///etc/passwd"), one, 0, refused, 0, 0, "not an address of http"},
		{"round and round", mediaTo("/a"), one, 0, refused, 0, 0, "more than 5 redirects"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newMediaBench(t, c.handler)
			task := b.task(c.paths...)
			task.Media.Attempts = c.attempts
			settle, _ := b.fetch(t, task)
			var due time.Time
			if c.wait > 0 {
				due = mediaNow.Add(c.wait)
			}
			if settle.State != c.state || settle.Step != c.step || !settle.NotBefore.Equal(due) ||
				!strings.Contains(settle.Reason, c.reason) || strings.ContainsFunc(settle.Reason, unicode.IsControl) {
				t.Errorf("got %s, step %d, %v, %q", settle.State, settle.Step, settle.NotBefore, settle.Reason)
			}
			b.wantFiles(t, map[string]string{})
			if len(b.observed) != 1 {
				t.Errorf("observed %q", b.observed)
			}
		})
	}
}

// A host that stops sending must not hold the run up, as it did LAMA 1.1.
func TestMediaStall(t *testing.T) {
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat(mediaPNG, 1000))
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	b.HTTP = mediaClient(t, outward.Options{Own: []string{b.server.URL}, Idle: 50 * time.Millisecond})
	settle, _ := b.fetch(t, b.task("/a"))
	if settle.State != archive.Pending || !strings.Contains(settle.Reason, "the server stopped sending") {
		t.Errorf("got %+v", settle.Outcome)
	}
	b.wantFiles(t, map[string]string{})
	if diff := cmp.Diff([]string{"/a 200 true"}, b.observed); diff != "" {
		t.Error(diff)
	}
}

func TestMediaServerIsDown(t *testing.T) {
	b := newMediaBench(t, nil)
	b.server.Close()
	settle, _ := b.fetch(t, b.task("/a"))
	if settle.State != archive.Pending || !strings.Contains(settle.Reason, "connection refused") {
		t.Errorf("got %+v", settle.Outcome)
	}
	if diff := cmp.Diff([]string{"/a 0 true"}, b.observed); diff != "" {
		t.Error(diff)
	}
}

func TestMediaBounds(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, mediaPNG)
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    archive.State
	}{
		"as large as allowed": {mediaAnswer(200, mediaPNG+strings.Repeat("x", 5000-len(mediaPNG))), archive.Done},
		"one byte larger":     {mediaAnswer(200, mediaPNG+strings.Repeat("x", 5001-len(mediaPNG))), archive.Refused},
		"larger, as promised": {mediaRaw("HTTP/1.1 200 OK\r\nContent-Length: 5001\r\n\r\n"), archive.Refused},
		"without end":         {endless, archive.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, c.handler)
			b.MaxBytes = 5000
			settle, _ := b.fetch(t, b.task("/a", "/b"))
			if settle.State != c.want {
				t.Errorf("got %+v", settle.Outcome)
			}
			if c.want == archive.Refused {
				b.wantFiles(t, map[string]string{})
				if !strings.HasSuffix(settle.Reason, "larger than media_max_bytes") {
					t.Errorf("got %q", settle.Reason)
				}
			}
		})
	}
}

// Without media_max_bytes only a file of an announced length may be of any size, as long as the disk has room for it.
func TestMediaOfAnySize(t *testing.T) {
	long := mediaPNG + strings.Repeat("x", 10_000)
	announced := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(long)))
		_, _ = io.WriteString(w, long)
	}
	unannounced := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, long)
		w.(http.Flusher).Flush()
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		free    uint64
		want    archive.State
		reason  string
	}{
		"announced":               {announced, 1 << 20, archive.Done, ""},
		"announced, without room": {announced, 5000, archive.Pending, "more than the disk has left"},
		"unannounced":             {unannounced, 1 << 20, archive.Refused, "did not say how large"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, c.handler)
			b.Untold, b.Free = 9000, func() (uint64, error) { return c.free, nil }
			settle, _ := b.fetch(t, b.task("/a"))
			if settle.State != c.want || !strings.Contains(settle.Reason, c.reason) {
				t.Errorf("got %+v", settle.Outcome)
			}
		})
	}
}

func TestMediaGzipBomb(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b := newMediaBench(t, mediaAnswer(200, bomb.String(), "Content-Encoding", "gzip", "Content-Type", "image/png"))
	if settle, _ := b.fetch(t, b.task("/a")); settle.State != archive.Refused {
		t.Errorf("got %+v", settle.Outcome)
	}
	b.wantFiles(t, map[string]string{})
}

func TestMediaWithoutAddress(t *testing.T) {
	b := newMediaBench(t, nil)
	past := b.task("/a")
	past.Media.Step = 1
	odd := b.task()
	odd.Media.URL = "http://[::1\x00"
	for want, task := range map[string]archive.Task{"no address": b.task(), "no address ": past, "not an address": odd} {
		settle, _ := b.fetch(t, task)
		if settle.State != archive.Refused || !strings.HasSuffix(settle.Reason, strings.TrimSpace(want)) {
			t.Errorf("got %+v, want %s", settle.Outcome, want)
		}
	}
	if len(b.observed) > 0 {
		t.Errorf("observed %q", b.observed)
	}
}

func TestMediaCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newMediaBench(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat(mediaPNG, 1000))
		http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	})
	if batch, err := b.Fetch(ctx, b.task("/a"), arrived); !errors.Is(err, context.Canceled) || len(batch.Settles) > 0 {
		t.Errorf("got %+v, %v", batch, err)
	}
	b.wantFiles(t, map[string]string{})
	if len(b.observed) > 0 {
		t.Errorf("observed %q", b.observed)
	}
}

// A host is told to be free once all of a file has come, and only then; not because of what is no file.
func TestMediaArrived(t *testing.T) {
	stop := errors.New("the run has ended")
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		err    error // of arrived
		calls  int
		files  int
	}{
		"a file":           {mediaAnswer(200, mediaPNG), nil, 1, 1},
		"no file":          {mediaAnswer(404, "gone"), nil, 0, 0},
		"a page":           {mediaAnswer(200, "<!DOCTYPE html><p>log in"), nil, 0, 0},
		"the end of a run": {mediaAnswer(200, mediaPNG), stop, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, calls := newMediaBench(t, c.answer), 0
			_, err := b.Fetch(t.Context(), b.task("/a"), func() error {
				calls++
				if n := b.files(".png"); n > 0 {
					t.Errorf("%d files have their names already", n)
				}
				return c.err
			})
			if !errors.Is(err, c.err) || calls != c.calls {
				t.Errorf("got %v after %d calls", err, calls)
			}
			if n := b.files(""); n != c.files {
				t.Errorf("%d files are there, want %d", n, c.files)
			}
		})
	}
}

// files counts those whose names end so.
func (b *mediaBench) files(suffix string) (n int) {
	_ = filepath.WalkDir(b.dir, func(p string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(p, suffix) {
			n++
		}
		return err
	})
	return n
}

func TestMediaRunErrors(t *testing.T) {
	t.Run("database", func(t *testing.T) {
		b, down := newMediaBench(t, mediaAnswer(200, mediaPNG)), errors.New("connection lost")
		b.Known = func(context.Context, string) (archive.File, bool, error) { return archive.File{}, false, down }
		if _, err := b.Fetch(t.Context(), b.task("/a"), arrived); !errors.Is(err, down) {
			t.Errorf("got %v", err)
		}
		b.wantFiles(t, map[string]string{})
	})
	t.Run("disk", func(t *testing.T) {
		b := newMediaBench(t, mediaAnswer(200, mediaPNG))
		if err := os.WriteFile(filepath.Join(b.dir, "media"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := b.Fetch(t.Context(), b.task("/a"), arrived)
		var failure *disk.Error
		if !errors.As(err, &failure) || !strings.Contains(err.Error(), filepath.Join(b.dir, "media")) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("full disk", func(t *testing.T) {
		b := newMediaBench(t, mediaAnswer(200, strings.Repeat(mediaPNG, 100_000)))
		b.dir = mediaSmallDisk(t)
		var err error
		if b.Folder, err = disk.Open(b.dir); err != nil {
			t.Fatal(err)
		}
		defer b.Folder.Close()
		_, err = b.Fetch(t.Context(), b.task("/a"), arrived)
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), b.dir+"/media/example.social/anna/") ||
			!strings.Contains(err.Error(), "make room") {
			t.Errorf("got %v", err)
		}
		b.wantFiles(t, map[string]string{})
	})
}

// mediaSmallDisk mounts a file system of 1 MB.
func mediaSmallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("a full disk needs root and tmpfs: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return dir
}

type mediaTrip func(*http.Request) (*http.Response, error)

func (f mediaTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Whoever answers is not trusted to keep its own promise either.
func TestMediaLength(t *testing.T) {
	b := newMediaBench(t, nil)
	for _, length := range []int64{1, 1000} {
		b.HTTP = &http.Client{Transport: mediaTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, ContentLength: length, Body: io.NopCloser(strings.NewReader(mediaPNG))}, nil
		})}
		settle, _ := b.fetch(t, b.task("/a"))
		want := fmt.Sprintf("%d bytes came, %d were promised", len(mediaPNG), length)
		if settle.State != archive.Pending || !strings.HasSuffix(settle.Reason, want) {
			t.Errorf("got %+v, want %s", settle.Outcome, want)
		}
	}
	b.wantFiles(t, map[string]string{})
}

// A reason is for people and for the database: short, of printable characters, without what an address hides.
func TestMediaReasons(t *testing.T) {
	b := newMediaBench(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		b.HTTP = &http.Client{Transport: mediaTrip(func(*http.Request) (*http.Response, error) {
			return nil, errors.New(rapid.String().Draw(rt, "error"))
		})}
		task := b.task()
		task.Media.URL = rapid.OneOf(rapid.String(), rapid.Map(rapid.StringN(0, 2000, -1), func(s string) string {
			return "https://anna:secret@example.social/" + s + "?X-Signature=secret#secret"
		})).Draw(rt, "address")
		settle, _ := b.fetch(t, task)
		r := settle.Reason
		if len(r) > 510 || strings.ContainsFunc(r, func(r rune) bool { return !unicode.IsPrint(r) }) {
			rt.Errorf("got %q", r)
		}
		if strings.Contains(r, "secret") {
			rt.Errorf("the secret of an address is in %q", r)
		}
	})
}
