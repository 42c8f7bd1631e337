package stages_test

import (
	"strings"
	"testing"
	"time"

	"lama/archive"
)

func TestMediaHostIsSilent(t *testing.T) {
	for name, c := range map[string]struct {
		since         time.Duration // before now; 0: it was not silent
		again         time.Duration
		leave, giveUp bool
	}{
		"first":            {0, 10 * time.Minute, false, false},
		"a moment later":   {time.Minute, 10 * time.Minute, false, false},
		"an hour later":    {time.Hour, time.Hour, false, false},
		"some hours later": {3 * time.Hour, 3 * time.Hour, true, false},
		"days later":       {89 * 24 * time.Hour, 20 * time.Hour, true, false},
		"too long":         {90 * 24 * time.Hour, 20 * time.Hour, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, nil)
			b.server.Close()
			b.Silent = func(string) bool { return true }
			task := b.task("/a", "/b")
			task.Media.Attempts = 1000 // what a file has behind it is no matter
			since := mediaNow.Add(-c.since)
			if c.since > 0 {
				task.Media.Silent = archive.At(since)
			}
			settle, batch := b.fetch(t, task)
			h := batch.Host
			if h == nil || !h.Silent || h.Name != task.Lane.Owner || !strings.Contains(h.Reason, "connection refused") {
				t.Fatalf("host %+v", h)
			}
			if !h.Since.Equal(since) || !h.NotBefore.Equal(mediaNow.Add(c.again)) || h.Leave != c.leave || h.GiveUp != c.giveUp {
				t.Errorf("host %+v", h)
			}
			if settle.State != archive.Pending || settle.Step != 0 || !settle.NotBefore.After(h.NotBefore) {
				t.Errorf("the file: %+v", settle)
			}
		})
	}
}

// What an answer says is about the file; what stands before a host may answer in its place.
func TestMediaHostIsHeard(t *testing.T) {
	for status, silent := range map[int]bool{200: false, 404: false, 500: false, 503: false, 522: true, 530: true} {
		b := newMediaBench(t, mediaAnswer(status, mediaPNG))
		b.Silent = func(string) bool { return true }
		task := b.task("/a")
		task.Media.Silent = mediaPosted
		_, batch := b.fetch(t, task)
		if batch.Host == nil || batch.Host.Silent != silent {
			t.Errorf("%d: host %+v", status, batch.Host)
		}
	}
	b := newMediaBench(t, mediaTo("http://10.0.0.1/"))
	b.Silent = func(string) bool { return true }
	if _, batch := b.fetch(t, b.task("/a")); batch.Host != nil {
		t.Errorf("what was refused here: host %+v", batch.Host)
	}
}

// An address that fails in passing takes turns with the other, until one says no, and then for 90 days in all.
func TestMediaTakesTurns(t *testing.T) {
	for _, c := range []struct {
		status, step, gone, attempts int
		state                        archive.State
		wantStep, wantGone           int
		wait                         time.Duration
	}{
		{503, 0, 0, 4, archive.Pending, 1, 0, 0},
		{503, 1, 0, 5, archive.Pending, 0, 0, 24 * time.Hour},
		{404, 1, 0, 5, archive.Pending, 0, 2, 0},
		{503, 0, 2, 40, archive.Pending, 0, 2, 24 * time.Hour},
		{503, 0, 2, 93, archive.Pending, 0, 2, 24 * time.Hour},
		{503, 0, 2, 94, archive.Refused, 0, 2, 0},
		{503, 1, 0, 94, archive.Refused, 1, 0, 0},
		{404, 0, 2, 0, archive.Refused, 0, 2, 0},
	} {
		b := newMediaBench(t, mediaAnswer(c.status, ""))
		task := b.task("/a", "/b")
		task.Media.Step, task.Media.Gone, task.Media.Attempts = c.step, c.gone, c.attempts
		settle, _ := b.fetch(t, task)
		var due time.Time
		if c.wait > 0 {
			due = mediaNow.Add(c.wait)
		}
		if settle.State != c.state || settle.Step != c.wantStep || settle.Gone != c.wantGone || !settle.NotBefore.Equal(due) {
			t.Errorf("%+v: got %s, step %d, gone %d, %v", c, settle.State, settle.Step, settle.Gone, settle.NotBefore)
		}
	}
}

// A reason names each address once, however often they took turns.
func TestMediaReasonOfTurns(t *testing.T) {
	b := newMediaBench(t, mediaAnswer(503, ""))
	task := b.task("/a", "/b")
	for n := range 6 {
		task.Media.Step = n % 2
		settle, _ := b.fetch(t, task)
		task.Media.Reason = settle.Reason
	}
	if n := strings.Count(task.Media.Reason, "503"); n != 2 {
		t.Errorf("got %q", task.Media.Reason)
	}
}
