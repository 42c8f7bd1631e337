package cli_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestTheReaderOpensNoDoorToOthers(t *testing.T) {
	h := newHouse(t, databases["postgres"](t), 1, 2, nil)
	for _, test := range []struct {
		flags []string
		says  string
	}{
		{[]string{"--listen", "0.0.0.0:0"}, "needs https and sign-in"},
		{[]string{"--listen", ":8470"}, "needs https and sign-in"},
		{[]string{"--listen", "[::]:8470"}, "needs https and sign-in"},
		{[]string{"--listen", "example.org:8470"}, "needs https and sign-in"},
		{[]string{"--listen", "8470"}, "must be host:port"},
		{[]string{"--listen", "0.0.0.0:0", "--public-url", "https://lama.example"}, "without https"},
		{[]string{"--public-url", "http://lama.example"}, "must be an https address"},
		{[]string{"--public-url", "https://lama.example/path"}, "must be an https address"},
		{[]string{"--tls-cert", "c.pem", "--tls-key", "k.pem"}, "needs --public-url"},
		{[]string{"--public-url", "https://lama.example", "--tls-cert", "c.pem"}, "--tls-cert and --tls-key"},
		{[]string{"--public-url", "https://lama.example", "--person", "ana"}, "--person is for this machine alone"},
		{[]string{"--person", "nobody"}, "is nobody of"},
	} {
		if _, stderr := h.lama(2, append([]string{"serve"}, test.flags...)...); !strings.Contains(stderr, test.says) {
			t.Errorf("%v: %s", test.flags, stderr)
		}
	}
}

// Behind a proxy a person signs in with the code that lama invite prints, and lama sessions ends it.
func TestAPersonIsInvited(t *testing.T) {
	t.Parallel()
	h := newHouse(t, databases["postgres"](t), 1, 2, nil)
	h.lama(0, "run")
	person := h.members[0].Account().Name()
	link, _ := h.lama(0, "invite", "--public-url", "https://lama.example", person)
	_, code, _ := strings.Cut(strings.TrimSpace(link), "https://lama.example/signin?code=")
	h.lama(2, "invite", "nobody")
	cmd := h.process("serve", "--listen", "127.0.0.1:0", "--public-url", "https://lama.example")
	address, listens := serving(t, cmd)
	if address != "https://lama.example/" {
		t.Errorf("the reader is at %s", address)
	}
	form := url.Values{"code": {code}}.Encode()
	r := send(t, http.MethodPost, "http://"+listens+"/signin", form, "")
	if len(r.Cookies()) != 1 {
		t.Fatalf("the code of %q lets nobody in: %d", link, r.StatusCode)
	}
	cookie := r.Cookies()[0].Name + "=" + r.Cookies()[0].Value
	if r := send(t, http.MethodGet, "http://"+listens+"/", "", cookie); r.StatusCode != http.StatusOK {
		t.Errorf("signed in: %d", r.StatusCode)
	}
	list, _ := h.lama(0, "sessions")
	_, session, _ := strings.Cut(list, "\n")
	if !strings.Contains(session, person) {
		t.Fatalf("lama sessions lists %s", list)
	}
	h.lama(0, "sessions", "--revoke", strings.Fields(session)[0])
	if r := send(t, http.MethodGet, "http://"+listens+"/", "", cookie); r.StatusCode != http.StatusSeeOther {
		t.Errorf("after the session was ended: %d", r.StatusCode)
	}
	h.lama(2, "sessions", "--revoke", "nonsense")
}

// What a run archived is read in a browser until Ctrl-C.
func TestServe(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 1, 2, nil)
			h.lama(0, "run")
			cmd := h.process("serve", "--listen", "127.0.0.1:0")
			address, _ := serving(t, cmd)
			for path, want := range map[string]string{"": "in all", "timeline": "<article", "status": "complete from the beginning",
				"search?q=the": "<article", "statistics": "<svg", "media": "data-lightbox"} {
				if page := get(t, address+path); !strings.Contains(page, want) {
					t.Errorf("/%s lacks %q:\n%s", path, want, tail(page))
				}
			}
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("after SIGINT: %v\n%s", err, cmd.Stderr)
			}
		})
	}
}

// serving starts the reader and returns the address that it prints, and where it listens.
func serving(t *testing.T, cmd *exec.Cmd) (address, listens string) {
	t.Helper()
	r, w := io.Pipe()
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(r).ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, r) }() // until the process ends
	if n, _ := fmt.Sscanf(line, "The reader is open: %s (it listens on %s", &address, &listens); err != nil || n != 2 {
		t.Fatalf("the reader says %q (%v)\n%s", line, err, cmd.Stderr)
	}
	return address, strings.TrimSuffix(listens, ";")
}

// send asks the reader as a proxy does: under its public name. Redirections are not followed.
func send(t *testing.T, method, address, form, cookie string) *http.Response {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	q.Host = "lama.example"
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Cookie", cookie)
	r, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r
}

func get(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v\n%s", address, r.StatusCode, err, body)
	}
	return string(body)
}
