package mastodontest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Mix says what Generate makes. The zero value of a number gives its default.
type Mix struct {
	Servers []Server
	Members []string // the household: user@host, on any of the servers
	Options []Option // of every server

	Posts      int       // of each member, boosts and replies included; 100
	Favourites int       // of each member; half of the posts
	Bookmarks  int       // of each member; a fifth of the posts
	Mentions   int       // of each member; a fifth of the posts
	Polls      int       // of each member, ended; 4
	Depth      int       // posts of the longest chain of replies; 120
	Begin      time.Time // of all that happens; 5 November 2022
	Calm       bool      // without what is rare and difficult: see traps.go
}

// Server is an instance of a mix.
type Server struct {
	Host     string
	Software Software
	Options  []Option
}

// Household is a mix for these hosts, at least two: ana and bo on the first, cleo on the second, and strangers
// everywhere. The first runs Mastodon 4.5, the second Mastodon 4.2, the others all kinds in turn.
func Household(hosts ...string) Mix {
	kinds := []Software{Mastodon45, Mastodon42, GoToSocial, Pleroma, Mastodon45, Akkoma, Sharkey, Mastodon31}
	mix := Mix{Members: []string{"ana@" + hosts[0], "bo@" + hosts[0], "cleo@" + hosts[1]}}
	for n, host := range hosts {
		mix.Servers = append(mix.Servers, Server{Host: host, Software: kinds[n%len(kinds)]})
	}
	return mix
}

// begin is when generated worlds begin, if nothing else is said.
var begin = time.Date(2022, 11, 5, 8, 0, 0, 0, time.UTC)

// generator makes up what people do, in the order of time. The same seed and mix give the same world.
type generator struct {
	*rand.Rand
	world     *World
	mix       Mix
	now       time.Time
	members   []*Person
	strangers []*Person
	distant   []*Person // strangers whose server has no member
	pool      []*Post   // strangers' public posts, oldest first; nothing ever happens to them
	plain     []*Post   // members' public posts that are no reply, for the other members
}

// Generate makes a world: people who talk with each other, and a household whose members post, boost, reply,
// favourite and bookmark in the mix of mastodon-api.md §7: 30 % plain posts, 40 % replies, of which 30 % continue
// one's own thread, 30 % boosts; 5 % of the texts link to a post, a quarter of these on the member's own server.
func Generate(seed uint64, mix Mix) *World {
	mix.Posts = cmp.Or(mix.Posts, 100)
	mix.Favourites = cmp.Or(mix.Favourites, mix.Posts/2)
	mix.Bookmarks = cmp.Or(mix.Bookmarks, mix.Posts/5)
	mix.Mentions = cmp.Or(mix.Mentions, mix.Posts/5)
	mix.Polls = cmp.Or(mix.Polls, 4)
	mix.Depth = cmp.Or(mix.Depth, 120)
	if mix.Begin.IsZero() {
		mix.Begin = begin
	}
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0)), world: New(), mix: mix, now: mix.Begin}
	g.world.generator = g
	g.populate()
	for range 40 {
		g.thread(2)
	}
	for _, m := range g.members {
		if !mix.Calm {
			g.traps(m)
		}
	}
	g.live(mix.Posts, mix.Favourites, mix.Bookmarks, mix.Mentions, mix.Polls)
	return g.world
}

// Household are the members of a generated world's household, in the order of the mix.
func (w *World) Household() []*Person {
	if w.generator == nil {
		return nil
	}
	return slices.Clone(w.generator.members)
}

// MoreActivity lets some time pass in a generated world: every member posts, boosts and replies some more,
// is mentioned, and favourites and bookmarks also posts of long ago, some of which were edited meanwhile. Nothing
// is deleted, so that an archive of before stays right where it is not added to.
func (w *World) MoreActivity(seed uint64) {
	g := w.generator
	if g == nil {
		panic("mastodontest: the world was not generated")
	}
	g.Rand = rand.New(rand.NewPCG(seed, 1))
	g.now = g.now.Add(24 * time.Hour)
	for _, m := range g.members {
		for range 3 {
			g.rediscover(m)
		}
	}
	g.live(10, 2, 2, 4, 1)
}

// populate makes the servers and their people.
func (g *generator) populate() {
	for _, s := range g.mix.Servers {
		g.world.Instance(s.Host, s.Software, append(slices.Clone(g.mix.Options), s.Options...)...)
	}
	for _, handle := range g.mix.Members {
		g.members = append(g.members, g.world.newcomer(handle))
	}
	for _, i := range g.world.Instances() {
		near := slices.ContainsFunc(g.members, func(m *Person) bool { return m.home == i })
		for _, user := range []string{"dora", "emil", "fay_99", "gus"} {
			p := i.Person(user)
			g.strangers = append(g.strangers, p)
			if !near {
				g.distant = append(g.distant, p)
			}
		}
	}
	for n, p := range slices.Concat(g.members, g.strangers) {
		if n%4 != 3 { // some have no avatar
			p.Portray(fmt.Sprintf("%016x", hash(p.uri)))
		}
	}
}

// newcomer makes the person of a handle.
func (w *World) newcomer(handle string) *Person {
	user, host := cutHandle(handle)
	w.mu.RLock()
	i := w.instances[host]
	w.mu.RUnlock()
	if i == nil {
		panic("mastodontest: no server for " + handle)
	}
	return i.Person(user)
}

// tick is a while later.
func (g *generator) tick() time.Time {
	g.now = g.now.Add(time.Duration(1+g.IntN(120)) * time.Minute)
	return g.now
}

func pick[T any](g *generator, items []T) T { return items[g.IntN(len(items))] }

// chance is true in so many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }
