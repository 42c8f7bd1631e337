package stages_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/disk"
	"lama/outward"
	"lama/stages"
)

const (
	mediaPNG  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR one"
	mediaPNG2 = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR two"
	mediaHTML = "<!DOCTYPE html><html><body>Sorry</body></html>"
	mediaPath = "media/example.social/anna/2026/11/anna_109_00.png"
)

var (
	mediaNow    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	mediaPosted = archive.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
)

// mediaBench is a stage with a server for its files and a folder.
type mediaBench struct {
	stages.Media
	dir      string
	server   *httptest.Server
	known    map[string]archive.File
	observed []string
}

func newMediaBench(t *testing.T, h http.HandlerFunc) *mediaBench {
	t.Helper()
	return newMediaBenchAt(t, httptest.NewServer(h))
}

// newMediaBenchAt is for a server that a test has made; it closes it.
func newMediaBenchAt(t *testing.T, server *httptest.Server) *mediaBench {
	t.Helper()
	b := &mediaBench{dir: t.TempDir(), server: server, known: map[string]archive.File{}}
	t.Cleanup(b.server.Close)
	folder, err := disk.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	b.Media = stages.Media{
		HTTP:   mediaClient(t, outward.Options{Own: []string{b.server.URL}}),
		Folder: folder,
		Known: func(_ context.Context, sum string) (archive.File, bool, error) {
			f, ok := b.known[sum]
			return f, ok, nil
		},
		Now: func() time.Time { return mediaNow },
		Observe: func(url string, status int, header http.Header, err error) {
			b.observed = append(b.observed, fmt.Sprint(strings.TrimPrefix(url, b.server.URL), " ", status, " ",
				header.Get("Retry-After"), err != nil))
		},
	}
	return b
}

func mediaClient(t *testing.T, o outward.Options) *http.Client {
	t.Helper()
	c, err := outward.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// task asks for a file at these paths of the server.
func (b *mediaBench) task(paths ...string) archive.Task {
	m := &archive.Media{PostURI: "https://example.social/1", PostID: "109", Author: "anna@example.social",
		CreatedAt: mediaPosted, Attachment: archive.Attachment{Type: "image"}}
	for i, to := range []*string{&m.URL, &m.RemoteURL} {
		if i < len(paths) {
			*to = b.server.URL + paths[i]
		}
	}
	return archive.Task{Lane: archive.Lane{Kind: archive.TaskMedia, Owner: "example.social"}, Media: m}
}

// arrived is for a file that nobody waits for.
func arrived() error { return nil }

// fetch is the one settle of a task.
func (b *mediaBench) fetch(t *testing.T, task archive.Task) (archive.Settle, archive.Batch) {
	t.Helper()
	batch, err := b.Fetch(t.Context(), task, arrived)
	if err != nil {
		t.Fatal(err)
	}
	if len(batch.Settles) != 1 || batch.Settles[0].Media != task.Media || batch.Lane != task.Lane ||
		!cmp.Equal(batch.Keys, task.Keys()) {
		t.Fatalf("a batch of another task: %+v", batch)
	}
	s := batch.Settles[0]
	if (s.State == archive.Done) != (len(batch.Fetched) == 1) {
		t.Errorf("%s, but fetched %v", s.State, batch.Fetched)
	}
	return s, batch
}

func (b *mediaBench) wantFiles(t *testing.T, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(b.dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(b.dir, p)
		got[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// mediaAnswer is a handler that gives one answer.
func mediaAnswer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// mediaTo is a handler that redirects.
func mediaTo(address string) http.HandlerFunc { return mediaAnswer(302, "", "Location", address) }

// mediaRaw is a handler that sends bytes and hangs up.
func mediaRaw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		if text == "" {
			conn.(*net.TCPConn).SetLinger(0) // a reset
		}
		io.WriteString(conn, text)
		conn.Close()
	}
}

func mediaSum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
