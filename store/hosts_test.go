package store_test

import (
	"strings"
	"testing"
	"time"

	"lama/archive"
)

const copies, originals = "cache.example", "far.example"

// silence is the batch of a request for a file whose host gave no answer.
func (f *fixture) silence(m archive.Media, h archive.Host) archive.Batch {
	f.t.Helper()
	b := settled(m, archive.File{}, archive.Outcome{State: archive.Pending, NotBefore: f.now.Add(2 * time.Hour), Reason: "asked"}, m.Step)
	b.Settles[0].Gone = m.Gone
	h.Silent, h.Since, h.NotBefore, h.Reason = true, f.now.Add(-time.Hour), f.now.Add(time.Hour), "connection refused"
	b.Host = &h
	return b
}

func TestASilentHostsFilesWait(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a", "b")))
		asked := f.media(copies)[0]
		f.commit(f.silence(asked, archive.Host{Name: copies}))
		if m := f.media(copies); len(m) > 0 {
			t.Errorf("asked at once for %+v", m)
		}
		_, again, err := f.Pending(t.Context(), archive.Lane{Kind: archive.TaskMedia, Owner: copies}, 10)
		if err != nil || !again.Equal(f.now.Add(time.Hour)) {
			t.Errorf("again %v, %v", again, err)
		}
		r, err := f.Report(t.Context(), nil)
		if err != nil || r.Media.Pending != 0 || r.Media.Deferred != 2 {
			t.Errorf("%+v, %v", r.Media, err)
		}
		if c, err := f.Counts(t.Context()); err != nil || c.Files != 0 || c.Later != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		f.now = f.now.Add(24 * time.Hour)
		m := f.media(copies)
		if len(m) != 2 || m[0].ID == asked.ID || !m[0].Silent.Equal(f.now.Add(-25*time.Hour)) {
			t.Fatalf("the next turn is not another file's: %+v", m)
		}
		back := settled(m[0], archive.File{}, archive.Outcome{State: archive.Refused, Reason: "404"}, 0)
		back.Host = &archive.Host{Name: copies}
		f.commit(back)
		if m := f.media(copies); len(m) != 1 || !m[0].Silent.IsZero() {
			t.Errorf("it is back, and %+v", m)
		}
	})
}

func TestASilentHostsFilesGoElsewhere(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		only := withMedia("2", "own")
		only.Media[0].RemoteURL = ""
		r := f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a", "b"), only))
		r = f.commit(f.silence(f.media(copies)[0], archive.Host{Name: copies, Leave: true}))
		if woken := r.Settled[0].Wake; len(woken) != 2 { // its own, and that of the originals
			t.Errorf("wakes %v", woken)
		}
		m := f.media(originals)
		if len(m) != 2 || m[0].Step != 1 || m[0].Gone != 0 {
			t.Fatalf("%+v", m)
		}
		if reason := m[0].Reason; !strings.HasPrefix(reason, "cache.example has given no answer since 2026-11-23: conn") {
			t.Errorf("reason %q", reason)
		}
		equal(t, f.column("SELECT media_id FROM attachments WHERE host = 'cache.example' AND state = 'pending'"), []string{"own"})
	})
}

func TestASilentHostIsGivenUp(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		only := withMedia("2", "own")
		only.Media[0].RemoteURL = ""
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a"), only))
		f.commit(f.silence(f.media(copies)[0], archive.Host{Name: copies, Leave: true, GiveUp: true}))
		m := f.media(originals)
		if len(m) != 1 || m[0].Step != 1 || m[0].Gone != 1 {
			t.Fatalf("%+v", m)
		}
		equal(t, f.column("SELECT media_id || ' ' || state FROM attachments ORDER BY 1"), []string{"a pending", "own refused"})
		const shown = "SELECT CAST(attachments AS text) FROM posts WHERE post_id = '2'"
		equal(t, f.column(shown), []string{`[["cache.example has given no answer since 2026-11-23: connection refused","alt own"]]`})
		f.commit(f.silence(m[0], archive.Host{Name: originals, Leave: true, GiveUp: true}))
		equal(t, f.column("SELECT media_id FROM attachments WHERE state = 'refused' AND step = 0 AND gone = 0 ORDER BY 1"),
			[]string{"a", "own"})
	})
}
