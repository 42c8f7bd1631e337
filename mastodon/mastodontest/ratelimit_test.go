package mastodontest

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// spent is what an answer says of the rate limit.
func spent(a answer) string {
	return fmt.Sprint(a.code, " ", a.header.Get("X-RateLimit-Limit"), " ", a.header.Get("X-RateLimit-Remaining"), " ",
		a.header.Get("X-RateLimit-Reset"))
}

func TestMastodonThrottles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock stands at 2000-01-01 00:00:00
		w := New()
		i := w.Instance("a.example", Mastodon45, RateLimited)
		ana, bo := i.Person("ana"), i.Person("bo")
		time.Sleep(61*time.Second + 250*time.Millisecond)
		expect := func(name string, a answer, want string) {
			t.Helper()
			if got := spent(a); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		const top, deep = "/api/v1/favourites", "/api/v1/favourites?max_id=5"
		expect("the first", get(ana, top), "200 300 299 2000-01-01T00:05:00.250000Z")
		for range 100 {
			get(ana, top)
		}
		expect("paging, of which more is left", get(ana, deep), "200 300 198 2000-01-01T00:05:00.250000Z")
		for range 198 {
			get(ana, top)
		}
		a := get(ana, top)
		expect("too many", a, "429 300 0 2000-01-01T00:05:00.250000Z")
		if a.body != `{"error":"Too many requests"}` || a.header.Get("Retry-After") != "" {
			t.Errorf("429 comes as %s %v", a.body, a.header)
		}
		expect("another person", get(bo, top), "200 300 299 2000-01-01T00:05:00.250000Z")

		time.Sleep(5 * time.Minute)
		expect("the next window", get(ana, top), "200 300 299 2000-01-01T00:10:00.250000Z")
		for range 298 {
			get(ana, deep)
		}
		time.Sleep(5 * time.Minute)
		expect("the last page of 15 minutes", get(ana, deep), "200 300 0 2000-01-01T00:15:00.250000Z")
		expect("one more", get(ana, deep), "429 300 0 2000-01-01T00:15:00.250000Z")
		expect("the top page is none", get(ana, top), "200 300 297 2000-01-01T00:15:00.250000Z")
		expect("an address's own", ask(i, nil, "/api/v1/instance"), "200 300 299 2000-01-01T00:15:00.250000Z")
		time.Sleep(5 * time.Minute)
		expect("15 minutes later", get(ana, deep), "200 300 299 2000-01-01T00:20:00.250000Z")

		if got := len(w.Log().By(ana).Answered(http.StatusTooManyRequests)); got != 2 {
			t.Errorf("the log has %d answers of 429, want 2", got)
		}
	})
}

func TestGoToSocialCountsAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := New().Instance("a.example", GoToSocial, RateLimited)
		ana, bo := i.Person("ana"), i.Person("bo")
		for range 299 {
			get(ana, "/api/v1/favourites?max_id=5")
		}
		if got := spent(get(bo, "/api/v1/bookmarks")); got != "200 300 0 2000-01-01T00:05:00.000Z" {
			t.Errorf("the last: %s", got)
		}
		if a := get(ana, "/api/v1/bookmarks"); a.code != 429 || a.body != `{"error":"rate limit reached"}` {
			t.Errorf("one more: %d %s", a.code, a.body)
		}
	})
}

func TestOtherThrottles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New()
		i := w.Instance("a.example", Mastodon45, RateLimited)
		for n := range 31 {
			if a := ask(i, i.Person("ana"), "/media_proxy/1/original"); (a.code == 429) != (n == 30) {
				t.Fatalf("file %d from the proxy answers %d", n+1, a.code)
			}
		}
		for n := range 6 {
			if a := postForm(i, "/api/v1/apps", nil); (a.code == 429) != (n == 5) {
				t.Fatalf("app %d answers %d", n+1, a.code)
			}
		}
		if got := len(w.Log().Media()); got != 31 {
			t.Errorf("the log has %d files", got)
		}
	})
}

func TestThrottleOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New()
		own := RateLimit(Throttle{Limit: 2, Period: time.Minute, Per: PerToken})
		ana := w.Instance("a.example", Mastodon45, own).Person("ana")
		for n, want := range []int{200, 200, 429} {
			if a := get(ana, "/api/v1/bookmarks"); a.code != want {
				t.Errorf("request %d answers %d, want %d", n, a.code, want)
			}
		}
		free := w.Instance("b.example", Mastodon45).Person("bo")
		if a := get(free, "/api/v1/bookmarks"); a.header.Get("X-RateLimit-Limit") != "" {
			t.Error("there are limits without the option")
		}
	})
}
