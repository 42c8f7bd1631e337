package mastodontest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// fetched is what came of a request, as a client sees it.
type fetched struct {
	response *http.Response
	body     string
	err      error // of the request or of reading the body
}

// broken asks for a server's favourites while a fault is in force. The body is read up to 1 MB.
func broken(t *testing.T, fault Fault, client func(*http.Client)) fetched {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	ana.Favourite(after(1), ana.Say(start, "hello"))
	network := ServeMemory(w)
	defer network.Close()
	c := network.Client()
	defer c.CloseIdleConnections()
	if client != nil {
		client(c)
	}
	ana.home.Break(Rule{Prefix: "/api/v1/favourites"}, fault)
	response, err := request(t, c, ana, "https://a.example/api/v1/favourites")
	if err != nil {
		return fetched{err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return fetched{response, string(body), err}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault Fault
		check func(f fetched) bool
	}{
		{"a status", Status(503, "busy", "Retry-After", "7"), func(f fetched) bool {
			return f.response.StatusCode == 503 && f.body == "busy" && f.response.Header.Get("Retry-After") == "7"
		}},
		{"a web page", HTML(), func(f fetched) bool {
			return f.response.StatusCode == 200 && strings.HasPrefix(f.body, "<!DOCTYPE") &&
				strings.HasPrefix(f.response.Header.Get("Content-Type"), "text/html")
		}},
		{"cut", Cut(), func(f fetched) bool {
			return f.response.StatusCode == 200 && errors.Is(f.err, io.ErrUnexpectedEOF) && strings.HasPrefix(f.body, "[{")
		}},
		{"truncated", Truncate(), func(f fetched) bool {
			return f.err == nil && strings.HasPrefix(f.body, "[{") && !json.Valid([]byte(f.body))
		}},
		{"endless", Endless(), func(f fetched) bool { return f.err == nil && len(f.body) == 1<<20 }},
		{"another type", ContentType("text/plain"), func(f fetched) bool {
			return f.response.Header.Get("Content-Type") == "text/plain" && json.Valid([]byte(f.body))
		}},
		{"a gzip bomb", GzipBomb(), func(f fetched) bool {
			return f.err == nil && len(f.body) == 1<<20 && strings.HasPrefix(f.body, "[ ") && f.response.Uncompressed
		}},
		{"a clock that is ahead", Clock(5 * time.Hour), func(f fetched) bool {
			date, err := http.ParseTime(f.response.Header.Get("Date"))
			return err == nil && time.Until(date).Round(time.Hour) == 5*time.Hour && json.Valid([]byte(f.body))
		}},
		{"no answer", Drop(), func(f fetched) bool { return f.err != nil }},
	} {
		synctest.Test(t, func(t *testing.T) {
			if f := broken(t, test.fault, nil); !test.check(f) {
				t.Errorf("%s: %+v", test.name, f)
			}
		})
	}
}

func TestRedirectLeadsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := broken(t, Redirect("https://evil.example/x"), func(c *http.Client) {
			c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		})
		if f.response.StatusCode != 302 || f.response.Header.Get("Location") != "https://evil.example/x" {
			t.Errorf("%+v", f)
		}
	})
}

func TestStallLastsUntilTheClientGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		for n, stall := range []Fault{Stall(), StallWithin()} {
			f := broken(t, stall, func(c *http.Client) { c.Timeout = time.Hour })
			if f.err == nil || time.Since(began) != time.Duration(n+1)*time.Hour {
				t.Errorf("after %s: %v", time.Since(began), f.err)
			}
		}
	})
}

func TestRuleCounts(t *testing.T) {
	ana := New().Instance("a.example", Mastodon45).Person("ana")
	mend := ana.home.Break(Rule{Prefix: "/api/v1/bookmarks", First: 2, Times: 2}, Status(500, ""))
	codes := func(n int) (all []int) {
		for range n {
			all = append(all, get(ana, "/api/v1/bookmarks").code)
		}
		return all
	}
	if a := get(ana, "/api/v1/favourites"); a.code != 200 {
		t.Errorf("another path answers %d", a.code)
	}
	for n, got := range codes(5) {
		if want := []int{200, 500, 500, 200, 200}[n]; got != want {
			t.Errorf("request %d answers %d, want %d", n+1, got, want)
		}
	}
	mend()
	mend = ana.home.Break(Rule{}, Status(502, ""))
	if got := get(ana, "/api/v1/favourites").code; got != 502 {
		t.Errorf("everything is broken, and yet %d", got)
	}
	mend()
	if got := get(ana, "/api/v1/favourites").code; got != 200 {
		t.Errorf("mended, and yet %d", got)
	}
}

func TestRevokedToken(t *testing.T) {
	i := New().Instance("a.example", Mastodon45)
	ana, bo := i.Person("ana"), i.Person("bo")
	i.Break(Rule{First: 2, Times: 1}, i.RevokeAt())
	old := ana.Token()
	for n, want := range []int{200, 401} {
		if got := get(ana, "/api/v1/favourites").code; got != want {
			t.Errorf("request %d answers %d, want %d", n+1, got, want)
		}
	}
	if ana.Token() == old {
		t.Error("the token that was revoked is given out again")
	}
	bo.Token()
	ana.Revoke()
	if a := get(bo, "/api/v1/favourites"); a.code != 200 {
		t.Errorf("another's token answers %d", a.code)
	}
}

func TestDown(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	network := ServeMemory(w)
	defer network.Close()
	for _, down := range []bool{true, false} {
		ana.home.Down(down)
		response, err := request(t, network.Client(), nil, "https://a.example/api/v1/instance")
		if errors.Is(err, syscall.ECONNREFUSED) != down {
			t.Errorf("down %t: %v", down, err)
		}
		if err == nil {
			_ = response.Body.Close()
		}
	}
	_, err := request(t, network.Client(), nil, "https://nowhere.example/")
	if err == nil || errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a host that does not exist: %v", err)
	}
}
