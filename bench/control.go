package main

import (
	"encoding/json"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"sync"

	"lama/archive"
	"lama/mastodon/mastodontest"
)

// World describes a fake fediverse: a generated one, or a bulk server.
type World struct {
	Bulk    bool
	Members int  // of the household
	Posts   int  // of each member of a generated world
	Batch   bool // the server of a generated world's first members takes batches
}

// Neighbourhood is where a fake fediverse is, and who of it is the household.
type Neighbourhood struct {
	Hosts   []string
	Members []Member
}

// Member is an account, with the token that its server takes.
type Member struct {
	archive.Account
	Token string
}

// Resizing gives a person of a bulk server so many posts.
type Resizing struct {
	Person int
	Size   mastodontest.BulkSize
}

// Asked is a request that came.
type Asked struct {
	URL, Token string
	Media      bool
}

// Reckoning is with how few requests a household can be archived, and what it costs LAMA 1.1.
type Reckoning struct{ Floor, LAMA int }

// Control is what the process of a fake fediverse does on demand, over JSON-RPC on its standard input and output. Of
// what has nothing to say the argument is ignored.
type Control struct {
	neighbourhood Neighbourhood
	world         *mastodontest.World // one of both
	bulk          *mastodontest.Bulk

	mu      sync.Mutex
	counted int // requests of which a caller knows
	gate    *mastodontest.Gate
}

// serve is the process of a fake fediverse. It ends with its input: no bench leaves one behind.
func serve(description string) error {
	var w World
	if err := json.Unmarshal([]byte(description), &w); err != nil {
		return err
	}
	loopback, err := mastodontest.Listen(w.servers())
	if err != nil {
		return err
	}
	defer loopback.Close()
	c := &Control{neighbourhood: Neighbourhood{Hosts: loopback.Hosts()}}
	if w.Bulk {
		c.raise(w, loopback)
	} else {
		c.generate(w, loopback)
	}
	server := rpc.NewServer()
	if err := server.Register(c); err != nil {
		return err
	}
	server.ServeCodec(jsonrpc.NewServerCodec(pipes{os.Stdin, os.Stdout}))
	return nil
}

func (w World) servers() int {
	if w.Bulk {
		return 1
	}
	return 3
}

// raise makes a bulk server.
func (c *Control) raise(w World, l *mastodontest.Loopback) {
	c.bulk = mastodontest.NewBulk(mastodontest.BulkOptions{Host: l.Hosts()[0], People: w.Members})
	accounts, tokens := c.bulk.Accounts()
	for n, a := range accounts {
		c.neighbourhood.Members = append(c.neighbourhood.Members, Member{a, tokens[n]})
	}
	l.ServeBulk(c.bulk)
}

// seed makes every run the same.
const seed = 2026

// generate makes a world. The third member lives on the second server, the others on the first.
func (c *Control) generate(w World, l *mastodontest.Loopback) {
	hosts := l.Hosts()
	first := mastodontest.Mastodon42
	if w.Batch {
		first = mastodontest.Mastodon45
	}
	members := []string{"ana@" + hosts[0], "bo@" + hosts[0], "cleo@" + hosts[1]}
	c.world = mastodontest.Generate(seed, mastodontest.Mix{
		Servers: []mastodontest.Server{{Host: hosts[0], Software: first},
			{Host: hosts[1], Software: mastodontest.Mastodon45}, {Host: hosts[2], Software: mastodontest.GoToSocial}},
		Members: members[:w.Members], Options: []mastodontest.Option{mastodontest.PlainHTTP}, Posts: w.Posts, Calm: true})
	for _, p := range c.world.Household() {
		c.neighbourhood.Members = append(c.neighbourhood.Members, Member{p.Account(), p.Token()})
	}
	l.Serve(c.world)
}

// Neighbourhood says where the fediverse is.
func (c *Control) Neighbourhood(_ int, answer *Neighbourhood) error {
	*answer = c.neighbourhood
	return nil
}

// Resize changes a person of a bulk server.
func (c *Control) Resize(r Resizing, _ *int) error {
	c.bulk.Resize(r.Person, r.Size)
	return nil
}

// Requests counts those that are not for files, of a bulk server those to the API, since the last time that it was
// called.
func (c *Control) Requests(_ int, answer *int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	if c.bulk != nil {
		total = c.bulk.Requests()
	} else {
		log := c.world.Log()
		total = len(log) - len(log.Media())
	}
	*answer, c.counted = total-c.counted, total
	return nil
}

// limits are those of the default preferences.
var limits = archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100}

// Reckon says what a first run of a generated world's household should cost, by the requests that [Control.Requests]
// counts.
func (c *Control) Reckon(_ int, answer *Reckoning) error {
	household := c.world.Household()
	answer.Floor = c.world.Floor(household, limits).Total()
	for _, p := range household {
		answer.LAMA += c.world.LAMA(p, limits)
	}
	return nil
}

// Asked lists the requests to a generated world, in their order.
func (c *Control) Asked(_ int, answer *[]Asked) error {
	for _, r := range c.world.Log() {
		a := Asked{URL: "http://" + r.Host + r.Path, Media: r.Media}
		if r.Query != "" {
			a.URL += "?" + r.Query
		}
		for _, m := range c.neighbourhood.Members {
			if m.Name() == r.Account {
				a.Token = m.Token
			}
		}
		*answer = append(*answer, a)
	}
	return nil
}

// Hold holds all pages below the first and all files from now on.
func (c *Control) Hold(_ int, _ *int) error {
	c.gate = c.world.Hold(func(r mastodontest.Request) bool { return r.Paged || r.Media })
	return nil
}

// Held is how many requests are held now.
func (c *Control) Held(_ int, answer *int) error {
	*answer = c.gate.Held()
	return nil
}
