package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/sync/errgroup"

	"lama/archive"
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
