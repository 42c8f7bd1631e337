package cli

import (
	"testing"
	"time"
)

func TestFigures(t *testing.T) {
	for _, tc := range []struct {
		n            float64
		least, exact bool
		want         string
	}{
		{0, false, false, "none"}, {0, false, true, "0"}, {0, true, false, "at least 0"}, {0.4, false, false, "none"},
		{17, false, true, "17"}, {17.4, false, false, "about 17"}, {123, false, false, "about 120"},
		{123, true, true, "at least 123"}, {1237, false, false, "about 1,240"}, {1237, false, true, "1,237"},
		{98765, true, false, "at least 98,800"}, {999.9, false, false, "about 1,000"},
		{1e7 / 3, false, false, "about 3,330,000"},
	} {
		if got := figureOf(tc.n, tc.least, tc.exact); got != tc.want {
			t.Errorf("%v (least %t, exact %t) is %q, want %q", tc.n, tc.least, tc.exact, got, tc.want)
		}
	}
}

func TestDurations(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		0:                "as long as the answers take: no limit holds it up",
		59 * time.Second: "as long as the answers take: no limit holds it up",
		5 * time.Minute:  "about 5 min at the limits", 301 * time.Second: "about 6 min at the limits",
		time.Hour: "about 1 h at the limits", 3*time.Hour + 15*time.Minute: "about 3 h 15 min at the limits",
		3599 * time.Second: "about 1 h at the limits", 50 * time.Hour: "about 50 h at the limits",
	} {
		if got := duration(wait, false); got != want {
			t.Errorf("%v is %q, want %q", wait, got, want)
		}
		if got := duration(wait, true); got != want+", for what is known" {
			t.Errorf("at least %v is %q", wait, got)
		}
	}
}
