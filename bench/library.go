package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lama/archive"
	"lama/store"
)

// The household that searches: what one of it did is the other's as far as it was public.
var (
	seeker   = archive.Account{User: "ana", Instance: "home.example", Scheme: "https"}
	partner  = archive.Account{User: "bob", Instance: "home.example", Scheme: "https"}
	searcher = store.Viewer{Own: []string{seeker.Name()}, Others: []string{partner.Name()}, SharePublic: true}
)

// library writes posts with words as a language has them: few that are common, many that are rare.
type library struct {
	random    *rand.Rand
	words     *rand.Zipf
	now       time.Time
	fileEvery int // posts, of which one has a file
}

// files is how many posts have one, however many there are: few.
const files = 10

func newLibrary(posts int) *library {
	random := rand.New(rand.NewPCG(1, 2))
	return &library{random, rand.NewZipf(random, 1.1, 8, 50_000), stocked(0).Time, max(2, posts/files)}
}

// stocked is so many hours after the newest post.
func stocked(hours int) archive.Time {
	return archive.At(time.Date(2026, 1, 1, hours, 0, 0, 0, time.UTC))
}

// vocable is the word of a rank, 0 being the commonest.
func vocable(rank uint64) string {
	const consonants, vowels = "bdfgklmnprst", "aeiou"
	var b strings.Builder
	for n := rank*7919 + 60; n > 0 || b.Len() < 4; n /= 60 {
		b.WriteByte(consonants[n%12])
		b.WriteByte(vowels[n/12%5])
	}
	return b.String()
}

// What is found once in so many posts.
const (
	rareWord  = "quixotic"
	rareEvery = 20_000
	twoSigns  = "日本"
	signEvery = 40
	saying    = "over the hill"
	sayEvery  = 2_000
	tagEvery  = 3
)

func (l *library) text(n int) string {
	words := make([]string, 30+l.random.IntN(40))
	for i := range words {
		words[i] = vocable(l.words.Uint64())
	}
	for _, s := range []struct {
		every int
		text  string
	}{{rareEvery, rareWord}, {signEvery, "東" + twoSigns + "語の文"}, {sayEvery, saying}} {
		if n%s.every == s.every/2 {
			words = append(words, s.text)
		}
	}
	return strings.Join(words, " ")
}

// batch is so many posts of one account's collections.
func (l *library) batch(from, count int) archive.Batch {
	a := seeker
	if from/count%2 == 1 {
		a = partner
	}
	bases := []archive.Base{archive.BasePost, archive.BasePost, archive.BasePost, archive.BaseFavourite, archive.BaseFavourite,
		archive.BaseFavourite, archive.BaseBookmark, archive.BaseMention}
	b := archive.Batch{Account: a.Name()}
	for n := from; n < from+count; n++ {
		p := l.post(n, a)
		b.Posts = append(b.Posts, p)
		b.Activities = append(b.Activities, archive.Activity{Account: a.Name(), PostURI: p.URI, Base: bases[n%len(bases)], ID: p.ID})
	}
	return b
}

// size is that of a post's JSON, in bytes.
const size = 3000

func (l *library) post(n int, a archive.Account) archive.Post {
	text := l.text(n)
	p := archive.Post{URI: fmt.Sprintf("https://far.example/users/u%d/statuses/%d", n%500, n), ID: fmt.Sprint(n), Instance: a.Instance,
		Author: fmt.Sprintf("u%d@far.example", n%500), Visibility: "public", Language: "en", Content: text, FetchedBy: a.Name(),
		CreatedAt: archive.At(l.now.Add(-time.Duration(n) * 5 * time.Minute))}
	p.JSON = fmt.Appendf(nil, `{"id":"%d","content":%q,"account":{"display_name":"U %d"},"media_attachments":[],"rest":"`, n, text, n%500)
	if n%tagEvery == 0 {
		p.Hashtags = []string{vocable(l.words.Uint64())}
	}
	if n%l.fileEvery == l.fileEvery/2 {
		p.Media = []archive.Attachment{{ID: p.ID, Type: "image", Alt: text[:40], URL: "https://home.example/" + p.ID + ".png"}}
	}
	for len(p.JSON) < size-2 {
		p.JSON = append(p.JSON, vocable(l.random.Uint64N(1<<30))...)
	}
	p.JSON = append(p.JSON, `"}`...)
	return p
}

// downloads brings the files of a batch's posts.
func downloads(of archive.Batch) (b archive.Batch) {
	for _, p := range of.Posts {
		for _, a := range p.Media {
			m := archive.Media{PostURI: p.URI, PostID: p.ID, Author: p.Author, CreatedAt: p.CreatedAt, Attachment: a}
			b.Settles = append(b.Settles, archive.Settle{Media: &m, Outcome: archive.Outcome{State: archive.Done}})
			b.Fetched = append(b.Fetched, archive.Fetched{PostURI: p.URI, Source: a.Source(),
				File: archive.File{SHA256: p.ID, Size: 1, Type: "image/png", Path: "media/" + p.ID + ".png"}})
		}
	}
	return b
}

// perCommit is how many posts share a transaction.
const perCommit = 640

// stock makes an archive of so many posts. The caller closes it.
func (b *bench) stock(ctx context.Context, kind string, posts int) (*store.Store, error) {
	dir, err := os.MkdirTemp(b.dir, "library-")
	if err != nil {
		return nil, err
	}
	url, err := b.database(ctx, kind, filepath.Join(dir, "user"))
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{URL: url, Schema: b.schema})
	if err != nil {
		return nil, err
	}
	rules := store.Rules{Accounts: []archive.Account{seeker, partner}, Handles: []string{seeker.Name(), partner.Name()}}
	if err := db.Begin(ctx, rules, archive.Collections); err != nil {
		db.Close()
		return nil, err
	}
	for _, a := range rules.Accounts {
		if err := db.OpenAccounts(ctx, store.Opening{Account: a, Kept: map[archive.Collection]string{archive.Statuses: "post"}}); err != nil {
			db.Close()
			return nil, err
		}
	}
	l := newLibrary(posts)
	for from := 0; from < posts; from += perCommit {
		batch := l.batch(from, min(perCommit, posts-from))
		for _, b := range []archive.Batch{batch, downloads(batch)} {
			if _, err := db.Commit(ctx, []archive.Batch{b}); err != nil {
				db.Close()
				return nil, err
			}
		}
	}
	if kind == postgres {
		err = execute(ctx, url, "VACUUM ANALYZE")
	}
	return db, err
}
