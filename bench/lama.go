package main

import (
	"fmt"
	"time"
)

// What LAMA 1.x took for 1,966 posts with media, on the machine on which it was measured: from 25 to 37 s (issue 3).
const (
	lamaPosts = 1966
	lamaBest  = 25 * time.Second
	lamaWorst = 37 * time.Second
)

// besideLAMA compares the pace of a first archive with LAMA's, of which the best counts.
func (b *bench) besideLAMA(what string, posts int, wall time.Duration) row {
	rate := float64(posts) / wall.Seconds()
	best, worst := lamaPosts/lamaBest.Seconds(), lamaPosts/lamaWorst.Seconds()
	return row{what: what + ", against LAMA 1.x", target: "≥ 50 ×",
		measured: fmt.Sprintf("%.1f to %.1f × (%.0f posts/s against %.0f to %.0f)", rate/best, rate/worst, rate, worst, best),
		verdict:  b.judge(rate/best >= 50)}
}
