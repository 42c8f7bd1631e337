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
	reset := "X-RateLimit-Reset"
	for name, tc := range map[string]struct {
		status  int
		headers func() []string
	}{
		"seconds":            {429, func() []string { return []string{"Retry-After", "30"} }},
		"date":               {429, func() []string { return []string{"Retry-After", date(30 * time.Second)} }},
		"maintenance":        {503, func() []string { return []string{"Retry-After", "30"} }},
		"ISO 8601":           {429, func() []string { return []string{reset, iso(time.Now().Add(30*time.Second), time.Time{})} }},
		"since 1970":         {429, func() []string { return []string{reset, strconv.FormatInt(time.Now().Unix()+30, 10)} }},
		"from now":           {429, func() []string { return []string{reset, "29.5"} }},
		"Retry-After counts": {429, func() []string { return []string{"Retry-After", "30", reset, "200"} }},
		"all of a window": {429, func() []string {
			return []string{reset, iso(time.Now().Add(30*time.Second), time.Time{}), "X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Minute)
				wait := refuse(throttle.NewBudget(unpaced), tc.status, tc.headers()...)
				if more := wait - 30*time.Second; more < 500*time.Millisecond || more > 2*time.Second {
					t.Errorf("it waits %v, told were 30 s", wait)
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

func TestNoPause(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		headers []string
	}{
		"about a remote server": {503, []string{"Content-Type", "application/json; charset=utf-8"}},
		"no answer":             {0, nil},
		"not found":             {404, nil},
		"internal error":        {500, nil},
		"years ahead":           {200, []string{"X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "9999-12-31T00:00:00Z"}},
		"no number":             {200, []string{"X-RateLimit-Limit", "NaN", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "60"}},
		"limit of none":         {200, []string{"X-RateLimit-Limit", "0", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "60"}},
		"has passed":            {200, []string{"X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1999-12-31T00:00:00Z"}},
		"infinite":              {200, []string{"X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "Inf"}},
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

// A server that is down answers through its proxy, in HTML.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if wait := refuse(throttle.NewBudget(unpaced), http.StatusServiceUnavailable, "Content-Type", "text/html"); wait == 0 {
			t.Error("it goes on at once")
		}
	})
}
