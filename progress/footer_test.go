package progress

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// waits are the lines of the display about waits.
func waits(s *screen) []string {
	var lines []string
	for line := range strings.Lines(s.String()) {
		if strings.HasPrefix(line, "… ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestWaits(t *testing.T) {
	show(t, 80, 24, func(t *testing.T, b *Board, s *screen) {
		check := func(want ...string) {
			t.Helper()
			pass(time.Second)
			if diff := cmp.Diff(want, waits(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		now := time.Now()
		b.Wait("a.example", "answered 503", now.Add(time.Minute))
		b.Wait("b.example", "rate limit", now.Add(10*time.Second))
		check("… b.example waits until 01:00:10 (9 s): rate limit",
			"… a.example waits until 01:01:00 (59 s): answered 503")
		b.Wait("a.example", "answered 429", now.Add(5*time.Second)) // the latest word counts
		check("… a.example waits until 01:00:05 (3 s): answered 429",
			"… b.example waits until 01:00:10 (8 s): rate limit")
		b.Wait("b.example", "", time.Time{})
		check("… a.example waits until 01:00:05 (2 s): answered 429")
		pass(2 * time.Second)
		check()

		now = time.Now()
		for i := range 9 {
			b.Wait(fmt.Sprintf("%d.example", i), "x", now.Add(time.Duration(9-i)*time.Minute))
		}
		pass(time.Second)
		got := waits(s)
		if len(got) != waitLines || !strings.Contains(got[0], "8.example") || got[4] != "… and 5 more wait" {
			t.Errorf("got %q", got)
		}
		for i := range 4 {
			b.Wait(fmt.Sprintf("%d.example", 8-i), "", time.Time{})
		}
		pass(time.Second)
		if got := waits(s); len(got) != waitLines || !strings.Contains(got[4], "0.example waits") {
			t.Errorf("got %q", got)
		}
	})
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                            "0 s",
		900 * time.Millisecond:       "1 s",
		59_600 * time.Millisecond:    "1 min 00 s",
		61 * time.Second:             "1 min 01 s",
		26*time.Hour + 3*time.Minute: "26 h 03 min",
	} {
		if got := short(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
