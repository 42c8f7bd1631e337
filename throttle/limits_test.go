package throttle_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/time/rate"

	"lama/throttle"
)

// minutes is a limit of so many requests, of which ours are some.
func minutes(requests, ours, period int) throttle.Limit {
	return throttle.Limit{Requests: requests, Ours: ours, Period: time.Duration(period) * time.Minute}
}

func TestLimits(t *testing.T) {
	told := func(n int) http.Header {
		return http.Header{"X-Ratelimit-Limit": {strconv.Itoa(n)}, "X-Ratelimit-Remaining": {"7"},
			"X-Ratelimit-Reset": {"60"}}
	}
	mastodon := throttle.Limits{Every: minutes(300, 225, 5), Paged: minutes(300, 225, 15), Pace: 20}
	for name, tc := range map[string]struct {
		account string // empty: the host's own
		answers []http.Header
		want    func(*throttle.Limits)
	}{
		"before any answer":      {"ana", nil, func(*throttle.Limits) {}},
		"two answers in silence": {"ana", []http.Header{nil, nil}, func(*throttle.Limits) {}},
		"three in silence": {"ana", []http.Header{nil, nil, nil}, func(l *throttle.Limits) {
			*l = throttle.Limits{Pace: 5}
		}},
		"a smaller limit": {"ana", []http.Header{nil, nil, nil, told(100)}, func(l *throttle.Limits) {
			l.Every, l.Stated = minutes(100, 75, 5), true
		}},
		"one for all accounts": {"", []http.Header{told(300)}, func(l *throttle.Limits) {
			l.Paged, l.Stated = throttle.Limit{}, true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			b := throttle.NewBook(throttle.Options{}).Budget("social.example", tc.account)
			for _, header := range tc.answers {
				if ok, _ := b.Admit(false); !ok {
					t.Fatal("not admitted")
				}
				b.Observe(false, http.StatusOK, header)
			}
			want := mastodon
			tc.want(&want)
			if diff := cmp.Diff(want, b.Limits()); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWait(t *testing.T) {
	mastodon := throttle.Limits{Every: minutes(300, 225, 5), Paged: minutes(300, 225, 15), Pace: 20}
	for name, tc := range map[string]struct {
		limits          throttle.Limits
		requests, pages int
		want            time.Duration
	}{
		"nothing":                    {mastodon, 0, 0, 0},
		"the pace within one window": {mastodon, 200, 100, 10 * time.Second},
		"just one window":            {mastodon, 225, 225, 11250 * time.Millisecond},
		"one request more":           {mastodon, 226, 0, 5 * time.Minute},
		"requests are slower":        {mastodon, 2251, 226, 50 * time.Minute},
		"pages are slower":           {mastodon, 451, 451, 30 * time.Minute},
		"no limits":                  {throttle.Limits{Pace: 5}, 3000, 3000, 10 * time.Minute},
		"neither limits nor pace":    {throttle.Limits{Pace: rate.Inf}, 3000, 3000, 0},
	} {
		if got := tc.limits.Wait(tc.requests, tc.pages); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
