package cli_test

import (
	"io"
	"net/http"
	"testing"

	"lama/mastodon/mastodontest"
)

// A household whose every file is cut in the middle has them all after one run. No byte is sent twice, but by servers
// that know no ranges and begin again.
//
// LAMA 1.1 (8328d47): urlretrieve leaves the part that came, and the file is never asked for again.
func TestFilesThatAreCutGoOn(t *testing.T) {
	for name, ranges := range map[string]bool{"with the rest": true, "with the whole": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, only(t, "sqlite")(t), 5, 4, func(m *mastodontest.Mix) {
				small(m) // no host has more files than its pace lets through at once: none is left for later
				m.Calm = false
				m.Members = []string{"ana@" + m.Servers[0].Host, "bo@" + m.Servers[2].Host, "cleo@" + m.Servers[3].Host}
			})
			h.cutFiles(ranges)
			h.lama(0)
			h.expectTruth("a run with cuts")
			h.expectSent(ranges)
		})
	}
}

// cutFiles cuts the transfer of every file in the middle, once each, on all servers, which know ranges or do not.
func (h *house) cutFiles(ranges bool) {
	for _, i := range h.world.Instances() {
		for _, prefix := range []string{"/system/", "/fileserver/", "/media/", "/files/"} {
			i.Break(mastodontest.Rule{Prefix: prefix, Times: 1, Each: true}, mastodontest.Cut())
		}
		if !ranges {
			i.Break(mastodontest.Rule{}, mastodontest.Whole())
		}
	}
}

// expectSent says that each file came by two requests, after a cut in its middle: in two halves, or half and whole.
func (h *house) expectSent(ranges bool) {
	h.t.Helper()
	log := h.world.Log().Media()
	files := map[string]mastodontest.Log{}
	for _, r := range log.Answered(http.StatusOK) {
		files["http://"+r.Host+r.Path] = log.On(r.Host).To(r.Path)
	}
	for address, requests := range files {
		want := h.size(address)
		if !ranges {
			want += want / 2
		}
		if len(requests) != 2 || requests.Bytes() != want {
			h.t.Errorf("%s: %d bytes were sent, want %d, by %+v", address, requests.Bytes(), want, requests)
		}
	}
	if rests := log.Answered(http.StatusPartialContent); len(files) == 0 || ranges && len(rests) != len(files) {
		h.t.Errorf("%d files began, %d went on", len(files), len(rests))
	}
}

// size is how large the file is at an address.
func (h *house) size(address string) int64 {
	h.t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s answers %d, %v", address, resp.StatusCode, err)
	}
	return n
}
