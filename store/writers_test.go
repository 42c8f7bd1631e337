package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/sync/errgroup"

	"lama/archive"
	"lama/store"
)

// Writers side by side over a dense graph neither deadlock nor lose a row: the archive equals what one writer
// makes of the same batches.
func TestDenseWritersEqualOneWriter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const posts = 60
	var batches []archive.Batch
	for range 80 {
		a := []archive.Account{ana, bob}[random.IntN(2)]
		var some []archive.Post
		for range 5 {
			id := random.IntN(posts)
			some = append(some, dense(id, posts))
		}
		batches = append(batches, did(a, archive.BaseFavourite, some...))
	}
	onEach(t, func(t *testing.T, f *fixture) {
		for _, b := range batches {
			f.commit(b)
		}
		want := f.activities()
		for name, url := range databases {
			if f.Dialect() != name {
				continue
			}
			g := open(t, url(t))
			g.writeSideBySide(batches)
			g.touchAll()
			equal(t, g.activities(), want)
		}
	})
}

// dense is a post that refers to two others.
func dense(id, posts int) archive.Post {
	return post("home.example", fmt.Sprint(id), parent("home.example", fmt.Sprint((id*7+1)%posts)),
		link(fmt.Sprint((id*3+2)%posts)))
}

func (f *fixture) writeSideBySide(batches []archive.Batch) {
	f.t.Helper()
	g, ctx := errgroup.WithContext(f.t.Context())
	for w := range f.Writers() {
		g.Go(func() error {
			for i := w; i < len(batches); i += f.Writers() {
				if _, err := f.Commit(ctx, batches[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		f.t.Fatal(err)
	}
}

// touchAll settles what became stored while it was wanted, as the next tasks would: what two writers could not
// see of each other is found then.
func (f *fixture) touchAll() {
	f.t.Helper()
	for more := true; more; {
		more = false
		for _, a := range []archive.Account{ana, bob} {
			for _, lane := range store.AccountLanes(a.Name())[1:] {
				tasks, _, err := f.Pending(context.WithoutCancel(f.t.Context()), lane, 1000)
				if err != nil {
					f.t.Fatal(err)
				}
				b := archive.Batch{Account: a.Name(), Aliases: map[archive.Name]string{}}
				for _, task := range tasks {
					if w := task.Wants[0]; w.Stored != "" {
						b.Known = append(b.Known, w.Stored)
						b.Aliases[w.Name] = w.Stored
						b.Settles = append(b.Settles, archive.Settle{Want: w, Outcome: done})
						more = true
					}
				}
				f.commit(b)
			}
		}
	}
}
