package outward

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// client is a client without the proxies of the environment.
func client(t *testing.T, o Options) *http.Client {
	t.Helper()
	c, err := newClient(o, noProxy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// get is the body of an answer, or the error.
func get(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	resp, err := c.Get(address)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// wantRefused says that a request failed by refusal, and for a reason.
func wantRefused(t *testing.T, err error, reason string) {
	t.Helper()
	var refused interface{ Permanent() bool }
	if !errors.As(err, &refused) || !refused.Permanent() || !strings.Contains(err.Error(), reason) {
		t.Errorf("got %v, want a refusal: %s", err, reason)
	}
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestRequestCarriesNothing(t *testing.T) {
	var got []http.Header
	var s *httptest.Server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header)
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
			http.Redirect(w, r, s.URL+"/file", http.StatusFound)
		}
	})
	c := client(t, Options{Own: []string{s.URL}, UserAgent: "LAMA/2 (+https://example.social)"})
	r, err := http.NewRequestWithContext(t.Context(), "GET", strings.Replace(s.URL, "//", "//anna:secret@", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer secret")
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	only := http.Header{"User-Agent": {"LAMA/2 (+https://example.social)"}, "Accept": {"*/*"}}
	if diff := cmp.Diff([]http.Header{only, only}, got); diff != "" {
		t.Error(diff)
	}
}

// A part of a file is asked for where a redirect leads, too.
func TestRequestForAPart(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/file", http.StatusFound)
			return
		}
		io.WriteString(w, r.Header.Get("Range")+" "+r.Header.Get("If-Range"))
	})
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Range", "bytes=5-")
	r.Header.Set("If-Range", `"7"`)
	resp, err := client(t, Options{Own: []string{s.URL}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); string(got) != `bytes=5- "7"` || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestRedirects(t *testing.T) {
	private := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "private") })
	asked := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		to := r.FormValue("to")
		if to == "loop" {
			to = r.URL.String()
		}
		if r.URL.Path == "/file" {
			io.WriteString(w, "file")
			return
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
	})
	c := client(t, Options{Own: []string{s.URL}})
	for _, c2 := range []struct {
		to, reason string
		asked      int
	}{
		{private.URL, "not a public address", 1},
		{strings.Replace(private.URL, "127.0.0.1", "localhost", 1), "not a public address", 1},
		{"http://169.254.169.254/latest/meta-data", "not a public address", 1},
		{"file:///etc/passwd", "not an address of http", 1},
		{"gopher://example.social/", "not an address of http", 1},
		{"loop", "more than 5 redirects", 6},
	} {
		asked = 0
		_, err := get(t, c, s.URL+"/?to="+url.QueryEscape(c2.to))
		if wantRefused(t, err, c2.reason); asked != c2.asked {
			t.Errorf("to %s: asked %d times, want %d", c2.to, asked, c2.asked)
		}
	}
	if body, err := get(t, c, s.URL+"/?to=/file"); body != "file" || err != nil {
		t.Errorf("a good redirect led to %q, %v", body, err)
	}
}

func TestRefusedAddresses(t *testing.T) {
	c := client(t, Options{})
	for _, address := range []string{"ftp://example.social/x", "file:///etc/passwd", "http:///x", "https://:80/x", "x"} {
		_, err := get(t, c, address)
		wantRefused(t, err, "not an address of http")
	}
}

func TestCompressionIsLeftAlone(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, "\x1f\x8b not really")
	})
	body, err := get(t, client(t, Options{Own: []string{s.URL}}), s.URL)
	if body != "\x1f\x8b not really" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	_, err := get(t, client(t, Options{Own: []string{s.URL}}), s.URL)
	if err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("got %v", err)
	}
}

func TestProxy(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "by proxy: "+r.URL.String()) })
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClient(Options{Own: []string{"http://10.0.0.7"}}, http.ProxyURL(u))
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	for _, address := range []string{"http://example.social/x", "http://10.0.0.7/x", "http://1.1.1.1/x"} {
		if body, err := get(t, c, address); body != "by proxy: "+address || err != nil {
			t.Errorf("%s: got %q, %v", address, body, err)
		}
	}
	for _, address := range []string{
		"http://10.0.0.8/x", "http://10.0.0.7:81/x", "http://[::ffff:10.0.0.8]/", "http://[::1]/",
	} {
		_, err := get(t, c, address)
		wantRefused(t, err, "not a public address")
	}
}

func TestNewClient(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Own: []string{"example.social"}}, `instance "example.social": not an address`},
		{Options{Allow: []string{"10.0.0.0/33"}}, `allow_private_hosts: "10.0.0.0/33" is not`},
		{Options{Allow: []string{"https://pi.local"}}, `allow_private_hosts: "https://pi.local" is not`},
		{Options{Allow: []string{""}}, `allow_private_hosts: "" is not`},
	} {
		if _, err := NewClient(c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.options, err, c.want)
		}
	}
	if _, err := NewClient(Options{Own: []string{"https://example.social"}, Allow: []string{"pi.local"}}); err != nil {
		t.Error(err)
	}
}
