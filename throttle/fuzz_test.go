package throttle_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lama/throttle"
)

// FuzzObserve: whatever headers a server sends, it is asked again within a day and a little, never at a time that has no
// end, and its limits stay within reason.
func FuzzObserve(f *testing.F) {
	for _, seed := range []struct {
		status                                    int
		date, age, retryAfter, limit, left, reset string
	}{
		{200, "Mon, 02 Nov 2026 12:00:00 GMT", "", "", "300", "299", "2026-11-02T12:05:00.000000Z"},
		{429, "", "", "120", "300", "0", "300"},
		{503, "", "9", "Mon, 02 Nov 2026 13:00:00 GMT", "", "", "1793620800"},
		{429, "Thu, 01 Jan 1970 00:00:00 GMT", "", "1e300", "99999999999999999999", "-1", "-1"},
		{0, "", "", "NaN", "0x10", "+Inf", "9999-12-31T23:59:59Z"},
	} {
		f.Add(seed.status, seed.date, seed.age, seed.retryAfter, seed.limit, seed.left, seed.reset)
	}
	f.Fuzz(func(t *testing.T, status int, date, age, retryAfter, limit, left, reset string) {
		now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
		o := throttle.Options{Clock: func() time.Time { return now }}
		header := http.Header{}
		for name, value := range map[string]string{"Date": date, "Age": age, "Retry-After": retryAfter,
			"X-Ratelimit-Limit": limit, "X-Ratelimit-Remaining": left, "X-Ratelimit-Reset": reset} {
			if value != "" {
				header.Set(name, value)
			}
		}
		budget, hosts := throttle.NewBudget(o), throttle.NewHosts(o)
		hosts.Observe(aFile, http.StatusOK, nil)
		for range 3 {
			budget.Observe(true, status, header)
			hosts.Observe(aFile, status, header)
			for what, admit := range map[string]func() (bool, time.Time){
				"page":  func() (bool, time.Time) { return budget.Admit(true) },
				"other": func() (bool, time.Time) { return budget.Admit(false) },
				"file":  func() (bool, time.Time) { return hosts.Admit(aFile) },
			} {
				if ok, again := admit(); !ok && (again.Before(now) || again.Sub(now) > 24*time.Hour+time.Minute) {
					t.Errorf("%s: again at %v, it is %v", what, again, now)
				}
			}
			checkLimits(t, budget)
			now = now.Add(time.Hour)
		}
	})
}

func checkLimits(t *testing.T, b *throttle.Budget) {
	t.Helper()
	l := b.Limits()
	for _, one := range []throttle.Limit{l.Every, l.Paged} {
		if one.Requests < 0 || one.Requests > 1_000_000 || one.Ours < 0 || one.Ours > max(one.Requests, 1) || one.Period < 0 {
			t.Errorf("limits %+v", l)
		}
	}
	if _, why := b.Status(true); strings.ContainsAny(why, "\x1b\n") {
		t.Errorf("why: %q", why)
	}
}
