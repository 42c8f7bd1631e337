package disk_test

import (
	"bytes"
	"fmt"
	"testing"

	"lama/disk"
)

// BenchmarkWriteAll writes JSON files as a run does: 500 of 4 KB at once, into the folders of two months.
func BenchmarkWriteAll(b *testing.B) {
	f, err := disk.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	data, n := bytes.Repeat([]byte("lorem ip"), 512), 0
	for b.Loop() {
		err := f.WriteAll(func(yield func(string, []byte) bool) {
			for i := range 500 {
				n++
				if !yield(fmt.Sprintf("json/ana_home/posts/2026/%02d/zoe@far.example_%d.json", i%2+1, n), data) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "files/s")
}
