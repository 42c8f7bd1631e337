package mastodontest

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf is a server in memory with one file of 3000 bytes.
type shelf struct {
	t      *testing.T
	at     *Instance
	client *http.Client
	path   string
	data   string
}

func newShelf(t *testing.T) *shelf {
	w := New()
	bo := w.Instance("b.example", Mastodon45).Person("bo")
	post := bo.Post(start, Draft{Media: []Media{{Type: "video", Size: 3000}}})
	network := ServeMemory(w)
	t.Cleanup(network.Close)
	client := network.Client()
	t.Cleanup(client.CloseIdleConnections)
	return &shelf{t, bo.home, client, bo.home.FilePath(post, 0), string(post.now().files[0].data())}
}

// part is an answer: its status, what it says of the part, what came, and whether that was all.
type part struct {
	Status int
	Range  string
	Body   string
	Whole  bool
}

func (s *shelf) ask(headers ...string) (part, http.Header) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.at.BaseURL()+s.path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return part{resp.StatusCode, resp.Header.Get("Content-Range"), string(body), err == nil}, resp.Header
}

// A file can be had in parts, as long as it is the one that the client means.
func TestPartsOfAFile(t *testing.T) {
	s := newShelf(t)
	whole, h := s.ask()
	all := part{200, "", s.data, true}
	rest := part{206, "bytes 1000-2999/3000", s.data[1000:], true}
	if diff := cmp.Diff(all, whole); diff != "" {
		t.Fatal(diff)
	}
	if h.Get("ETag") == "" || h.Get("Last-Modified") != start.UTC().Format(http.TimeFormat) {
		t.Errorf("the file is told by %q and %q", h.Get("ETag"), h.Get("Last-Modified"))
	}
	for name, c := range map[string]struct {
		unless string
		from   string
		want   part
	}{
		"of any file":           {"", "bytes=1000-", rest},
		"of that file":          {h.Get("ETag"), "bytes=1000-", rest},
		"of that file, by date": {h.Get("Last-Modified"), "bytes=1000-", rest},
		"of another file":       {`"another"`, "bytes=1000-", all},
		"of an older file":      {start.Add(-time.Hour).UTC().Format(http.TimeFormat), "bytes=1000-", all},
		"behind the end": {"", "bytes=3000-",
			part{416, "bytes */3000", "invalid range: failed to overlap\n", true}},
	} {
		headers := []string{"Range", c.from}
		if c.unless != "" {
			headers = append(headers, "If-Range", c.unless)
		}
		got, _ := s.ask(headers...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A file is cut as often as a rule says, each time in the middle of what was asked for; other files have cuts of
// their own.
func TestAFileIsCutMoreThanOnce(t *testing.T) {
	s := newShelf(t)
	s.at.Break(Rule{Prefix: "/system/", Times: 2, Each: true}, Cut())
	var got []part
	for _, from := range []string{"bytes=0-", "bytes=1500-", "bytes=2250-"} {
		one, _ := s.ask("Range", from)
		got = append(got, one)
	}
	want := []part{
		{206, "bytes 0-2999/3000", s.data[:1500], false},
		{206, "bytes 1500-2999/3000", s.data[1500:2250], false},
		{206, "bytes 2250-2999/3000", s.data[2250:], true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	log := s.at.world.Log().Media()
	if log.Bytes() != 3000 || log[1].Range != "bytes=1500-" || log[1].Bytes != 750 {
		t.Errorf("the log has %d bytes: %+v", log.Bytes(), log)
	}
	s.path = s.at.FilePath(s.at.Person("bo").Post(start, Draft{Media: []Media{{}}}), 0)
	if one, _ := s.ask(); one.Whole {
		t.Error("another file is not cut")
	}
}

func TestServersThatKnowNoRanges(t *testing.T) {
	s := newShelf(t)
	s.at.Break(Rule{Prefix: "/system/"}, Whole())
	got, _ := s.ask("Range", "bytes=1000-")
	if diff := cmp.Diff(part{200, "", s.data, true}, got); diff != "" {
		t.Error(diff)
	}
}
