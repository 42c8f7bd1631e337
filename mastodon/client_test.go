package mastodon_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"lama/mastodon"
)

const (
	sesame   = "sesame-open-the-door"
	typeJSON = "application/json; charset=utf-8"
	post     = `{"id": "1", "uri": "https://a.example/1"}`
)

// serveClient is a client of a server that has a handler.
func serveClient(t *testing.T, h http.Handler) *mastodon.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return clientOf(server.URL)
}

func clientOf(address string) *mastodon.Client {
	return mastodon.New(mastodon.Options{
		BaseURL: address, UserAgent: "LAMA/test", MaxBytes: 1 << 20, Token: func() string { return sesame },
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
}

// says gives one answer to everything.
func says(status int, contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// elsewhere is another server, which must not be asked.
func elsewhere(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another server was asked for %s with %q", r.URL, r.Header["Authorization"])
	}))
	t.Cleanup(server.Close)
	return server
}

func TestHeaders(t *testing.T) {
	var got http.Header
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		says(200, typeJSON, post).ServeHTTP(w, r)
	}))
	for token, want := range map[string]string{sesame: "Bearer " + sesame, "": ""} {
		o := c.Options
		o.Token = func() string { return token }
		if _, err := mastodon.New(o).Post(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		sent := []string{got.Get("Authorization"), got.Get("User-Agent"), got.Get("Accept")}
		if !slices.Equal(sent, []string{want, "LAMA/test", "application/json"}) {
			t.Errorf("sent %q", sent)
		}
	}
	o := c.Options
	o.Token = nil
	if _, err := mastodon.New(o).Post(t.Context(), "1"); err != nil || got["Authorization"] != nil {
		t.Errorf("without a token: %v, sent %v", err, got)
	}
}

// The bytes of an answer reach the caller as they were sent.
func TestBytesAreKept(t *testing.T) {
	const body = `{ "id":1,"uri":"tag:a.example,2017:1",  "content":"\u003cp\u003e\/ä","x":1e400 }`
	got, err := serveClient(t, says(200, "application/activity+json", body)).Post(t.Context(), "1")
	if err != nil || string(got) != body {
		t.Errorf("got %s, %v", got, err)
	}
}

// Answers are read into memory that is used again: an answer stays what it is while others come, longer ones and shorter.
func TestAnAnswerIsItsOwn(t *testing.T) {
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		says(200, typeJSON, answerTo(path.Base(r.URL.Path))).ServeHTTP(w, r)
	}))
	var g errgroup.Group
	for of := range 4 {
		g.Go(func() error {
			answers := map[string][]byte{}
			for n := range 20 {
				id := fmt.Sprint(of*100 + n)
				got, err := c.Post(t.Context(), id)
				if err != nil {
					return err
				}
				answers[id] = got
			}
			for id, got := range answers {
				if string(got) != answerTo(id) {
					t.Errorf("of %s is left %.80s", id, got)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// answerTo is a post as long as its id is large.
func answerTo(id string) string {
	n, _ := strconv.Atoi(id)
	return fmt.Sprintf(`{"id":%q,"uri":"https://a.example/%s","content":%q}`, id, id, strings.Repeat(id, n))
}

func TestBrokenAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		contentType, body string
		want              string
	}{
		"parked domain":     {"text/html; charset=utf-8", "<html>Buy me", `not JSON but "text/html; charset=utf-8"`},
		"page called JSON":  {typeJSON, "<html>Buy me", "the JSON is damaged"},
		"text called JSON":  {"text/plain", post, `not JSON but "text/plain"`},
		"no content type":   {"", post, `not JSON but ""`},
		"odd content type":  {"application/json; ;;=", post, `not JSON but "application/json; ;;="`},
		"truncated":         {typeJSON, post[:len(post)-3], "the JSON is damaged"},
		"empty":             {typeJSON, "", "the JSON is damaged"},
		"two answers":       {typeJSON, post + post, "the JSON is damaged"},
		"another shape":     {typeJSON, "[]", "not a post"},
		"nothing":           {typeJSON, "null", "not a post"},
		"too large":         {typeJSON, `"` + strings.Repeat("a", 1<<20) + `"`, "the answer is larger than 1048576 bytes"},
		"too large of HTML": {"text/html", strings.Repeat("a", 1<<20+1), "the answer is larger than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serveClient(t, says(200, tc.contentType, tc.body)).Post(t.Context(), "1")
			e, ok := errors.AsType[*mastodon.Error](err)
			if !ok || e.Kind != mastodon.Malformed || e.Message != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestEndlessAnswer(t *testing.T) {
	for _, status := range []int{200, 500} {
		c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", typeJSON)
			w.WriteHeader(status)
			for err := error(nil); err == nil; { // until the client hangs up
				_, err = w.Write(bytes.Repeat([]byte("["), 1<<16))
			}
		}))
		if _, err := c.Post(t.Context(), "1"); err == nil {
			t.Errorf("%d: it was accepted", status)
		}
	}
}

// The bound holds for what is unpacked.
func TestGzipBomb(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 4<<20))
	_ = z.Close()
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", typeJSON)
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}))
	_, err := c.Post(t.Context(), "1")
	if packed.Len() > 1<<20 {
		t.Fatalf("it has %d bytes packed", packed.Len())
	}
	if mastodon.KindOf(err) != mastodon.Malformed || !strings.HasSuffix(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("got %v", err)
	}
}

func TestGzip(t *testing.T) {
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", typeJSON)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, post)
		_ = z.Close()
	}))
	if got, err := c.Post(t.Context(), "1"); err != nil || string(got) != post {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestNetworkErrors(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = dead.Close()
	hijacked := func(answer string) *mastodon.Client {
		return serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, answer)
				_ = conn.Close()
			}
		}))
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for name, c := range map[string]*mastodon.Client{
		"dead port":     clientOf("http://" + dead.Addr().String()),
		"no answer":     hijacked(""),
		"no HTTP":       hijacked("SSH-2.0-OpenSSH_9.2\x1b[31m\r\n"),
		"cut":           hijacked(head + "Content-Length: 100\r\n\r\n" + post),
		"cut in chunks": hijacked(head + "Transfer-Encoding: chunked\r\n\r\n100\r\n" + post),
		"cut gzip":      hijacked(head + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"),
		"false gzip":    hijacked(head + "Content-Encoding: gzip\r\nContent-Length: 41\r\n\r\n" + post),
		"no server":     clientOf("://"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Post(t.Context(), "1")
			e, ok := errors.AsType[*mastodon.Error](err)
			if !ok || e.Kind != mastodon.Temporary || e.Status != 0 || e.Message == "" {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(e.Message, "\x1b") || strings.Contains(e.Message, "/api/") {
				t.Errorf("got the message %q", e.Message)
			}
		})
	}
}

// A server that stalls, before its answer or in the middle of it, is left when the context ends; that error stays
// the context's.
func TestStall(t *testing.T) {
	for name, begin := range map[string]string{"before": "", "inside": `{"id": `} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if begin != "" {
					w.Header().Set("Content-Type", typeJSON)
					_, _ = io.WriteString(w, begin)
					_ = http.NewResponseController(w).Flush()
				}
				cancel()
				<-r.Context().Done()
			}))
			_, err := c.Post(ctx, "1")
			if !errors.Is(err, context.Canceled) || mastodon.KindOf(err) != mastodon.Other {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	hop := func(w http.ResponseWriter, r *http.Request, status int, to string) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
	var asked []string
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/api/v1/statuses/1":
			hop(w, r, http.StatusMovedPermanently, "/2")
		case "/2":
			hop(w, r, http.StatusTemporaryRedirect, "http://"+r.Host+"/3")
		case "/3":
			says(200, typeJSON, post).ServeHTTP(w, r)
		default:
			hop(w, r, http.StatusFound, r.URL.Path)
		}
	}))
	if _, err := c.Post(t.Context(), "1"); err != nil {
		t.Fatal(err)
	}
	want := []string{"/api/v1/statuses/1 Bearer " + sesame, "/2 Bearer " + sesame, "/3 Bearer " + sesame}
	if strings.Join(asked, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", asked, want)
	}
	asked = nil
	_, err := c.Post(t.Context(), "circle")
	if err == nil || !strings.HasSuffix(err.Error(), ": more than 3 redirects") || len(asked) != 4 {
		t.Errorf("got %v after %d requests", err, len(asked))
	}
}

// Neither a redirect nor a link takes a request, and with it the token, to another server.
func TestRequestsStayHome(t *testing.T) {
	host := strings.TrimPrefix(elsewhere(t).URL, "http://")
	for _, to := range []string{
		"http://" + host, "http://" + host + "/api/v1/statuses/1", "https://" + host, "//" + host, "http://user:pass@" + host,
		"http://localhost" + host[strings.LastIndexByte(host, ':'):],
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}))
			_, err := c.Post(t.Context(), "1")
			if mastodon.KindOf(err) != mastodon.Malformed || !strings.Contains(err.Error(), "another server") {
				t.Errorf("%d to %s: got %v", status, to, err)
			}
		}
		_, err := serveClient(t, says(200, typeJSON, "[]")).Page(t.Context(), mastodon.PageRequest{Next: to})
		if mastodon.KindOf(err) != mastodon.Malformed {
			t.Errorf("page of %s: got %v", to, err)
		}
	}
}

// That the host is the same is not enough: a token does not leave TLS.
func TestRedirectToAnotherScheme(t *testing.T) {
	c := serveClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusFound)
	}))
	if _, err := c.Post(t.Context(), "1"); mastodon.KindOf(err) != mastodon.Malformed {
		t.Errorf("got %v", err)
	}
}

// What must not be read stays out of errors, even where the server repeats it.
func TestNoSecretInErrors(t *testing.T) {
	const words = "my secret search"
	secrets := []string{sesame, words, url.QueryEscape(words), url.PathEscape(words), "p4ssw0rd"}
	for name, h := range map[string]http.HandlerFunc{
		"words": func(w http.ResponseWriter, r *http.Request) {
			told := r.Header.Get("Authorization") + r.URL.RawQuery + r.FormValue("q")
			says(401, typeJSON, fmt.Sprintf(`{"error": %q}`, told)).ServeHTTP(w, r)
		},
		"content type": func(w http.ResponseWriter, r *http.Request) {
			says(200, "text/"+r.Header.Get("Authorization")+r.FormValue("q"), "").ServeHTTP(w, r)
		},
		"location": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1?"+r.URL.RawQuery+r.Header.Get("Authorization"))
			w.WriteHeader(http.StatusFound)
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://a.example/?"+r.URL.RawQuery, http.StatusFound)
		},
		"no HTTP": func(w http.ResponseWriter, r *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s%s\r\n", r.Header.Get("Authorization"), r.FormValue("q"))
				_ = conn.Close()
			}
		},
		"nothing found": func(w http.ResponseWriter, r *http.Request) { says(200, typeJSON, "{}").ServeHTTP(w, r) },
		"no list":       func(w http.ResponseWriter, r *http.Request) { says(200, typeJSON, "7").ServeHTTP(w, r) },
	} {
		t.Run(name, func(t *testing.T) {
			c := serveClient(t, h)
			_, err := c.Search(t.Context(), words)
			failures := []error{err}
			for _, address := range []string{c.BaseURL + "/x", "https://u:p4ssw0rd@a.example/", "http://[::1"} {
				_, err := c.Page(t.Context(), mastodon.PageRequest{Next: address + "?q=" + url.QueryEscape(words)})
				failures = append(failures, err)
			}
			for _, err := range failures {
				if err == nil {
					t.Fatal("no error")
				}
				for _, secret := range secrets {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%q is told: %v", secret, err)
					}
				}
			}
		})
	}
}
