package cli_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestTheReaderOpensNoDoorToOthers(t *testing.T) {
	h := newHouse(t, databases["postgres"](t), 1, 2, nil)
	for _, listen := range []string{"0.0.0.0:0", ":8470", "192.0.2.1:8470", "[::]:8470", "example.org:8470"} {
		if _, stderr := h.lama(2, "serve", "--listen", listen); !strings.Contains(stderr, "could be reached from other machines") {
			t.Errorf("%s: %s", listen, stderr)
		}
	}
	if _, stderr := h.lama(2, "serve", "--listen", "8470"); !strings.Contains(stderr, "must be host:port") {
		t.Errorf("a port alone: %s", stderr)
	}
}

// What a run archived is read in a browser until Ctrl-C.
func TestServe(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 1, 2, nil)
			h.lama(0, "run")
			cmd := h.process("serve", "--listen", "127.0.0.1:0")
			address := serving(t, cmd)
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

// serving starts the reader and returns the address that it prints.
func serving(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	r, w := io.Pipe()
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(r).ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, r) }() // until the process ends
	_, address, found := strings.Cut(line, "http://")
	if err != nil || !found {
		t.Fatalf("the reader says %q (%v)\n%s", line, err, cmd.Stderr)
	}
	address, _, _ = strings.Cut(address, " ")
	return "http://" + address
}

func get(t *testing.T, url string) string {
	t.Helper()
	q, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v\n%s", url, r.StatusCode, err, body)
	}
	return string(body)
}
