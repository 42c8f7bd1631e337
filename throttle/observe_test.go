package throttle_test

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"lama/throttle"
)

// refuse lets the server answer a request with a status, and says how long nothing is admitted then.
func refuse(b *throttle.Budget, status int, headers ...string) time.Duration {
	header := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for n := 0; n+1 < len(headers); n += 2 {
		header.Set(headers[n], headers[n+1])
	}
	b.Admit(false)
	b.Observe(false, status, header)
	if ok, again := b.Admit(false); !ok {
		return time.Until(again)
	}
	b.Cancel(false)
	return 0
}

// After a refusal it waits as long as it was told, and one to two seconds more.
func TestRefusalTellsTheTime(t *testing.T) {
	date := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	const reset, limit, left = "X-RateLimit-Reset", "X-RateLimit-Limit", "X-RateLimit-Remaining"
	in30s := func() string { return iso(time.Now().Add(30*time.Second), time.Time{}) }
	for name, tc := range map[string]struct {
		status  int
		headers func() []string
	}{
		"seconds":            {429, func() []string { return []string{"Retry-After", "30"} }},
		"date":               {429, func() []string { return []string{"Retry-After", date(30 * time.Second)} }},
		"maintenance":        {503, func() []string { return []string{"Retry-After", "30"} }},
		"ISO 8601":           {429, func() []string { return []string{reset, in30s()} }},
		"since 1970":         {429, func() []string { return []string{reset, strconv.FormatInt(time.Now().Unix()+30, 10)} }},
		"from now":           {429, func() []string { return []string{reset, "29"} }}, // 29.99, cut
		"Retry-After counts": {429, func() []string { return []string{"Retry-After", "30", reset, "200"} }},
		"all of a window": {429, func() []string {
			return []string{reset, in30s(), limit, "300", left, "0"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Minute)
				wait := refuse(throttle.NewBudget(unpaced), tc.status, tc.headers()...)
				if more := wait - 30*time.Second; more < time.Second || more > 2*time.Second {
					t.Errorf("it waits %v, told were 30 s", wait)
				}
			})
		})
	}
}

// What can't be a time to wait for is not told: it backs off rather than ask at once.
func TestRefusalTellsNothing(t *testing.T) {
	const reset = "X-RateLimit-Reset"
	for name, headers := range map[string][]string{
		"nothing":       nil,
		"no time":       {"Retry-After", "soon", reset, "later"},
		"negative":      {"Retry-After", "-5", reset, "-5"},
		"now":           {"Retry-After", "0"},
		"a passed date": {"Retry-After", "Sat, 01 Jan 2000 00:00:30 GMT"},
		"a passed end":  {reset, "2000-01-01T00:00:30Z", "X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0"},
		"years":         {"Retry-After", "1e9", reset, "2100-01-01T00:00:00Z"},
		"no number":     {"Retry-After", "NaN", reset, "Inf"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Minute)
				wait := refuse(throttle.NewBudget(unpaced), http.StatusTooManyRequests, headers...)
				if wait < time.Second || wait > 3*time.Second {
					t.Errorf("it waits %v", wait)
				}
			})
		})
	}
}

// Each format of Reset says how a window of the server's ends.
func TestResetFormats(t *testing.T) {
	for name, format := range map[string]func(reset, now time.Time) string{
		"ISO 8601":   iso,
		"with zone":  func(reset, _ time.Time) string { return reset.In(time.FixedZone("", 7200)).Format(time.RFC3339Nano) },
		"since 1970": func(reset, _ time.Time) string { return strconv.FormatInt(reset.Unix(), 10) },
		"from now":   func(reset, now time.Time) string { return strconv.FormatFloat(reset.Sub(now).Seconds(), 'f', 2, 64) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(17 * time.Minute)
				s, b := newServer(limit{requests: 100, period: 7 * time.Minute}), throttle.NewBudget(with(1))
				s.format = format
				for range 3 {
					if got := s.spend(b, false); got != 100 {
						t.Errorf("%d requests, want 100", got)
					}
					_, again := b.Admit(false)
					time.Sleep(time.Until(again))
				}
				if s.refused > 0 {
					t.Errorf("%d requests were refused", s.refused)
				}
			})
		})
	}
}

// Where nothing is told, each further refusal doubles the wait up to a quarter of an hour; an answer ends that.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := throttle.NewBudget(unpaced)
		var last time.Duration
		for n := range 14 {
			wait := refuse(b, http.StatusTooManyRequests)
			if wait > 15*time.Minute || n < 8 && wait < last*5/4 || wait == 0 {
				t.Errorf("refusal %d: %v after %v", n, wait, last)
			}
			last = wait
			time.Sleep(wait)
		}
		if last < 9*time.Minute {
			t.Errorf("the last wait is %v", last)
		}
		if wait := refuse(b, http.StatusOK); wait > 0 {
			t.Errorf("it waits %v after an answer", wait)
		}
		if wait := refuse(b, http.StatusTooManyRequests); wait > 3*time.Second {
			t.Errorf("it waits %v for the first refusal after an answer", wait)
		}
	})
}

// Requests that were under way together are refused together: that is one refusal.
func TestRefusedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := throttle.NewBudget(unpaced)
		for range 8 {
			b.Admit(false)
		}
		for range 8 {
			b.Observe(false, http.StatusTooManyRequests, nil)
		}
		if _, again := b.Admit(false); time.Until(again) > 3*time.Second {
			t.Errorf("it waits %v", time.Until(again))
		}
	})
}

// A server that does not answer is asked less and less often, and it is told that this is a guess.
func TestPauseWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := throttle.NewBudget(unpaced)
		var last time.Duration
		for range 10 {
			b.Admit(false)
			b.Observe(false, 0, nil)
			ok, again := b.Admit(false)
			if ok || !b.Guessing() {
				t.Fatalf("admitted %t, guessing %t", ok, b.Guessing())
			}
			last = time.Until(again)
			time.Sleep(last)
		}
		if last < 9*time.Minute {
			t.Errorf("the last wait is %v", last)
		}
		b.Admit(false)
		b.Observe(false, http.StatusTooManyRequests, http.Header{"Retry-After": {"120"}})
		if b.Guessing() {
			t.Error("what the server told is called a guess")
		}
	})
}

func TestNoPause(t *testing.T) {
	limits := func(limit, left, reset string) []string {
		return []string{"X-RateLimit-Limit", limit, "X-RateLimit-Remaining", left, "X-RateLimit-Reset", reset}
	}
	for name, tc := range map[string]struct {
		status  int
		headers []string
	}{
		"about a remote server": {503, []string{"Content-Type", "application/json; charset=utf-8"}},
		"not found":             {404, nil},
		"internal error":        {500, nil},
		"years ahead":           {200, limits("300", "0", "9999-12-31T00:00:00Z")},
		"no number":             {200, limits("NaN", "0", "60")},
		"limit of none":         {200, limits("0", "0", "60")},
		"has passed":            {200, limits("300", "0", "1999-12-31T00:00:00Z")},
		"infinite":              {200, limits("300", "0", "Inf")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if wait := refuse(throttle.NewBudget(unpaced), tc.status, tc.headers...); wait > 0 {
					t.Errorf("it waits %v", wait)
				}
			})
		})
	}
}

// A window that is over says nothing about the one that is open.
func TestResetThatHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.format = func(_, now time.Time) string { return iso(now.Add(-time.Second), now) }
		if got := s.spend(b, false); got != 225 {
			t.Errorf("%d requests, want 225", got)
		}
	})
}

// Of several reasons to wait the longest holds.
func TestLongestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := newServer(mastodon...), throttle.NewBudget(unpaced)
		s.spend(b, false)
		b.Observe(false, http.StatusTooManyRequests, http.Header{"Retry-After": {"1000"}})
		if _, again := b.Admit(false); time.Until(again) < 1000*time.Second {
			t.Errorf("it goes on in %v, told were 1000 s", time.Until(again))
		}
	})
}

// A server that is down answers through its proxy, in HTML.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if wait := refuse(throttle.NewBudget(unpaced), http.StatusServiceUnavailable, "Content-Type", "text/html"); wait == 0 {
			t.Error("it goes on at once")
		}
	})
}
