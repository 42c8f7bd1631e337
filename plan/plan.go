// Package plan estimates what a first archive takes, from what servers tell and from a sample of each collection. It is
// arithmetic alone: it asks nobody, and what it assumes beyond its input stands here as a constant.
package plan

import (
	"math"

	"lama/archive"
)

const (
	// Depth is how many posts stand above a reply on average. It is that of the model in mastodon-api.md §7: no server
	// tells it.
	Depth = 2.5

	// database is how many bytes the database takes for one of a post's JSON: the row holds it once, beside it stand
	// its text, its names, its references and the indexes. Measured, without media: 1,663 posts of 2.2 KB took 9.2 MB in
	// SQLite and 8.1 MB in Postgres, 1,500 of 3.9 KB took 13.8 and 13.2 MB.
	database = 2.4
)

// Sample is what the newest page of a collection holds, as the archive would have it.
type Sample struct {
	Items     int   // of the page
	Posts     int   // a boost is one, and what it boosts another
	JSON      int64 // bytes of the posts as they came
	Files     int   // JSON files that are kept of the page
	FileBytes int64 // of these, on the disk; 0 where none are kept
	Media     int   // files that are wanted
	Parents   int   // posts that are replied to and have to be asked for
	Known     int   // replies to posts of the page, or to those of Parents once more
	Others    int   // posts that are linked to or quoted, can be asked for by their ids and are not of the page
	Searches  int   // posts of which only an address is known
}

// Collection is one that a run reads.
type Collection struct {
	Sample
	Limit   int   // items of a page
	Count   int64 // items that there are, as far as is known
	More    bool  // there are more, and nobody tells how many
	Stored  int64 // items that the archive has already
	Current bool  // it was read to its end before: a run reads what is new
}

// Account is what a run reads for one account.
type Account struct {
	Collections []Collection
	Batch       int     // posts that the server gives in one answer
	Above       bool    // the server gives all that is above a reply in one answer
	Hops        int     // how far a thread is followed upwards at most
	Media       float64 // files that are wanted of a post that another one refers to, on average
	Pending     int64   // posts that earlier runs left to be asked for
	Fixed       int     // requests to learn what the server can do and whose token ours is
}

// Cost is what reading takes: numbers to be expected, and bytes.
type Cost struct {
	Items    float64 // of collections
	Pages    float64 // requests for them
	Paged    float64 // of these, those below a top page: Mastodon counts them as paging
	Batches  float64 // requests for posts by their ids
	Threads  float64 // requests for all that is above a reply
	Searches float64 // requests for posts by their addresses
	Fixed    float64 // other requests
	Related  float64 // posts that others reply to, link to or quote
	Media    float64 // files
	Database float64 // bytes
	JSON     float64 // bytes of JSON files on the disk
	More     bool    // it is the least that it takes

	rounds []float64 // posts to be asked for that are replied to, then those that these reply to, and so on
	above  float64   // conversations that hold them all
	single float64   // other posts to be asked for by their ids
}

// Requests is how many requests of the API are made.
func (c Cost) Requests() float64 { return c.Pages + c.Batches + c.Threads + c.Searches + c.Fixed }

// Plus is what both take.
func (c Cost) Plus(d Cost) Cost {
	return Cost{
		Items: c.Items + d.Items, Pages: c.Pages + d.Pages, Paged: c.Paged + d.Paged,
		Batches: c.Batches + d.Batches, Threads: c.Threads + d.Threads, Searches: c.Searches + d.Searches,
		Fixed: c.Fixed + d.Fixed, Related: c.Related + d.Related, Media: c.Media + d.Media,
		Database: c.Database + d.Database, JSON: c.JSON + d.JSON, More: c.More || d.More,
		rounds: together(c.rounds, d.rounds), above: c.above + d.above, single: c.single + d.single,
	}
}

// Cost is what the account takes. Its collections share batches, as in a run.
func (a Account) Cost() Cost {
	all := Cost{Fixed: float64(a.Fixed), single: float64(a.Pending)}
	for _, c := range a.Collections {
		all = all.Plus(a.Reading(c))
	}
	return a.byID(all)
}

// byID adds how a run asks for posts by their ids: in batches, one round after another, until so few threads are left
// that their conversations take fewer requests; by conversations at once, where there are no batches.
func (a Account) byID(c Cost) Cost {
	if a.Batch <= 1 && a.Above {
		c.Batches, c.Threads = math.Round(c.single), math.Round(c.above)
		return c
	}
	for i, wanted := range together(c.rounds, []float64{c.single}) {
		if wanted = math.Round(wanted); a.Above && i > 0 && wanted <= archive.Lone {
			c.Threads = wanted
			break
		}
		c.Batches += math.Ceil(wanted / float64(max(1, a.Batch)))
	}
	return c
}

// Reading is what one collection takes, without the requests for posts by their ids.
func (a Account) Reading(c Collection) Cost {
	if c.Current {
		return Cost{Pages: 1}
	}
	items := float64(max(0, c.Count-c.Stored))
	cost := Cost{Items: items, Paged: math.Floor(items / float64(c.Limit)), More: c.More}
	cost.Pages = cost.Paged + 1 // a full page has one more behind it, which may be empty
	if c.Sample.Items == 0 {
		return cost
	}
	scale := items / float64(c.Sample.Items)
	cost.rounds, cost.single = c.threads(scale, a.Hops), scale*float64(c.Others)
	cost.above = at(cost.rounds, 0) * c.unknown()
	cost.Searches = scale * float64(c.Sample.Searches)
	cost.Related = cost.Searches + cost.single + sum(cost.rounds)
	cost.Media = scale*float64(c.Sample.Media) + cost.Related*a.Media
	cost.Database = database * (scale*float64(c.Sample.JSON) + cost.Related*mean(c.Sample.JSON, c.Posts))
	cost.JSON = scale*float64(c.FileBytes) + cost.Related*mean(c.FileBytes, c.Files)
	return cost
}

// Thousand is what each further thousand items of a collection take of which nobody tells how many there are.
func (a Account) Thousand(c Collection) Cost {
	c.Count, c.Stored, c.Current, c.More = 1000, 0, false, false
	a.Collections, a.Pending, a.Fixed = []Collection{c}, 0, 0
	return a.Cost()
}

// threads are how many posts are asked for in one round after another: those that are replied to, then those that
// these reply to, and so on, as long as they are not known.
func (s Sample) threads(scale float64, hops int) (rounds []float64) {
	further := (1 - 1/Depth) * s.unknown()
	for wanted := scale * float64(s.Parents); wanted >= 0.5 && len(rounds) < hops; wanted *= further {
		rounds = append(rounds, wanted)
	}
	return rounds
}

// unknown is the share of replied-to posts that the archive would not have but for that. It is the sample's own, and
// assumed to be the same further up, and among the posts that one conversation brings for another.
func (s Sample) unknown() float64 { return mean(int64(s.Parents), s.Parents+s.Known) }

// together are the rounds of both.
func together(a, b []float64) []float64 {
	all := make([]float64, max(len(a), len(b)))
	for i := range all {
		all[i] = at(a, i) + at(b, i)
	}
	return all
}

func at(rounds []float64, i int) float64 {
	if i < len(rounds) {
		return rounds[i]
	}
	return 0
}

func sum(rounds []float64) (all float64) {
	for _, r := range rounds {
		all += r
	}
	return all
}

func mean(sum int64, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}
