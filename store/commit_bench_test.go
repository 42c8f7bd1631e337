package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lama/archive"
	"lama/store"
)

// BenchmarkCommit stores what a first archive does: pages of 40 posts of 3 KB, 16 pages a commit, of which every third
// post replies to one of the page before. It reports posts per second.
func BenchmarkCommit(b *testing.B) {
	for name, url := range databases {
		b.Run(name, func(b *testing.B) {
			s, err := store.Open(b.Context(), store.Options{URL: url(b), Schema: schema(b), Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(s.Close)
			if err := s.Begin(b.Context(), rules(), archive.Collections); err != nil {
				b.Fatal(err)
			}
			filler := strings.Repeat(`lorem ipsum dolor `, 160)
			n := 1_000_000
			for b.Loop() {
				batches := make([]archive.Batch, 16)
				for i := range batches {
					posts := make([]archive.Post, 40)
					for k := range posts {
						n++
						posts[k] = post("home.example", fmt.Sprint(n))
						posts[k].JSON = fmt.Appendf(nil, `{"id":"%d","content":%q}`, n, filler)
						if n%3 == 0 {
							posts[k].References = []archive.Reference{parent("home.example", fmt.Sprint(n-40))}
						}
					}
					batches[i] = did(ana, archive.BasePost, posts...)
				}
				if _, err := s.Commit(b.Context(), batches); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*640)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
