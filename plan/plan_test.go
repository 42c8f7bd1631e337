package plan

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page is a sample of 40 items: 10 replies to others' posts and 6 to posts of the page, a link to be searched for and
// one to a post of the same server, and some files.
var page = Sample{Items: 40, Posts: 50, JSON: 100_000, Files: 40, FileBytes: 200_000, Media: 10, Parents: 10, Known: 6,
	Others: 1, Searches: 1}

func statuses(count int64) Collection { return Collection{Sample: page, Limit: 40, Count: count} }

// modern is an account on Mastodon 4.3 or later.
func modern(c ...Collection) Account {
	return Account{Collections: c, Batch: 20, Above: true, Hops: 100}
}

func but(a Account, change func(*Account)) Account { change(&a); return a }

// requests are numbers of requests, by what they are for.
type requests struct{ Pages, Paged, Batches, Threads, Searches, Fixed float64 }

func TestRequests(t *testing.T) {
	for name, tc := range map[string]struct {
		account Account
		want    requests
	}{
		"nothing but the opening": {but(modern(), func(a *Account) { a.Fixed = 4 }), requests{Fixed: 4}},
		"an empty collection":     {modern(Collection{Limit: 40}), requests{Pages: 1}},
		"a page that is not full": {modern(Collection{Limit: 40, Count: 17, Sample: Sample{Items: 17}}), requests{Pages: 1}},
		"a full page": {modern(Collection{Limit: 40, Count: 40, Sample: Sample{Items: 40}}), // an empty one may follow
			requests{Pages: 2, Paged: 1}},

		// Rounds of 10+1, 4 and 1 posts: the last has fewer than a batch is worth.
		"the sample itself": {modern(statuses(40)), requests{Pages: 2, Paged: 1, Batches: 2, Threads: 1, Searches: 1}},
		// 250+25, 94, 35, 13, 5 and 2.
		"a thousand": {modern(statuses(1000)),
			requests{Pages: 26, Paged: 25, Batches: 14 + 5 + 2 + 1 + 1, Threads: 2, Searches: 25}},
		// 20+2, 8 and 3: fewer batches than each alone.
		"two collections": {modern(statuses(40), statuses(40)),
			requests{Pages: 4, Paged: 2, Batches: 3, Threads: 3, Searches: 2}},

		"a server with larger pages and batches": {but(modern(Collection{Sample: page, Limit: 100, Count: 1000}),
			func(a *Account) { a.Batch = 100 }),
			requests{Pages: 11, Paged: 10, Batches: 3 + 1 + 1 + 1 + 1, Threads: 2, Searches: 25}},
		"without batches": {but(modern(statuses(1000)), func(a *Account) { a.Batch = 1 }), // 10 of 16 of 250 threads
			requests{Pages: 26, Paged: 25, Batches: 25, Threads: 156, Searches: 25}},
		"without conversations": {but(modern(statuses(40)), func(a *Account) { a.Above = false }), // 11, 4, 1 and 1
			requests{Pages: 2, Paged: 1, Batches: 4, Searches: 1}},
		"with neither": {but(modern(statuses(40)), func(a *Account) { a.Batch, a.Above = 1, false }),
			requests{Pages: 2, Paged: 1, Batches: 11 + 4 + 1 + 1, Searches: 1}},
		"two hops": {but(modern(statuses(1000)), func(a *Account) { a.Hops = 2 }),
			requests{Pages: 26, Paged: 25, Batches: 14 + 5, Searches: 25}},

		"what is complete": {modern(Collection{Sample: page, Limit: 40, Count: 1000, Current: true}),
			requests{Pages: 1}},
		"what is half there": {modern(Collection{Sample: Sample{Items: 40}, Limit: 40, Count: 1000, Stored: 500}),
			requests{Pages: 13, Paged: 12}},
		"more stored than count": {modern(Collection{Sample: page, Limit: 40, Count: 1000, Stored: 1001}),
			requests{Pages: 1}},
		"what was left over": {but(modern(), func(a *Account) { a.Pending = 41 }), requests{Batches: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			c := tc.account.Cost()
			if diff := cmp.Diff(tc.want, requests{c.Pages, c.Paged, c.Batches, c.Threads, c.Searches, c.Fixed}); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if all := c.Pages + c.Batches + c.Threads + c.Searches + c.Fixed; c.Requests() != all {
				t.Errorf("%v requests in all, want %v", c.Requests(), all)
			}
		})
	}
}

// The model of mastodon-api.md §7, by its shares, takes 106 to 109 requests for 1,000 posts: 40 % are replies, three in
// ten of these to one's own posts, 5 % link to a post, a quarter of these on the same server.
func TestTheModel(t *testing.T) {
	shares := Sample{Items: 400, Parents: 112, Known: 48, Searches: 15, Others: 5}
	account := modern(Collection{Sample: shares, Limit: 40, Count: 1000})
	account.Fixed = 2
	if got := account.Cost().Requests(); got < 0.8*106 || got > 1.2*109 {
		t.Errorf("%v requests, the model takes 106 to 109", got)
	}
}

func TestPostsAndBytes(t *testing.T) {
	a := modern(statuses(400))
	a.Media = 0.5
	c := a.Cost()
	related := 100/(1-0.6*10/16) + 10 + 10 // of threads, by their ids and by searches
	for what, figure := range map[string]struct{ got, want, within float64 }{
		"items":          {c.Items, 400, 0},
		"related":        {c.Related, related, 1}, // less than half a post is none
		"media":          {c.Media, 100 + c.Related/2, 1e-6},
		"the database":   {c.Database, 2.4 * 2000 * (500 + c.Related), 1e-3},
		"the JSON files": {c.JSON, 5000 * (400 + c.Related), 1e-3},
	} {
		if math.Abs(figure.got-figure.want) > figure.within {
			t.Errorf("%s: %v, want %v", what, figure.got, figure.want)
		}
	}
	if c.More {
		t.Error("400 are said to be the least")
	}
}

// Where nobody tells how many there are, it is the least, and a thousand more have a price.
func TestMore(t *testing.T) {
	open := statuses(40)
	open.More, open.Stored = true, 12
	a := modern(Collection{Limit: 40}, open)
	a.Fixed, a.Pending = 4, 100
	if !a.Cost().More || !a.Cost().Plus(Cost{}).More || !(Cost{}).Plus(a.Cost()).More {
		t.Error("it is not said to be the least")
	}
	if diff := cmp.Diff(modern(statuses(1000)).Cost().Requests(), a.Thousand(open).Requests()); diff != "" {
		t.Errorf("requests for a thousand more (-want +got):\n%s", diff)
	}
}
