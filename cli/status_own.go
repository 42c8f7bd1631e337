package cli

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"lama/archive"
	"lama/mastodon"
	"lama/store"
)

// ownStatus holds the archive's own posts of an account against its server's count.
type ownStatus struct {
	store.OwnReport
	Server     int64  `json:"server_count"` // approximate; 0: it did not say
	ToldAt     string `json:"told_at"`      // when it said so
	Uncounted  int64  `json:"uncounted"`    // archived ones that this server does not count, those that are gone included
	Difference int64  `json:"unexplained"`  // what the server counts beyond the rest; negative: what it counts less
	Comparison string `json:"comparison"`   // in words
}

// compare explains the difference between the server's count and the archive's, as far as it can be explained.
func compare(own store.OwnReport, h health, server mastodon.Server) ownStatus {
	s := ownStatus{OwnReport: own, Server: h.Statuses, ToldAt: h.ToldAt}
	if h.Statuses == 0 {
		return s
	}
	boosts, direct, private := server.Counts()
	var parts []string
	leave := func(n int64, counted bool, one, why string) {
		if n > 0 && !counted {
			s.Uncounted += n
			parts = append(parts, plural(int(n), one)+" "+why)
		}
	}
	leave(own.Gone, false, "post", "no longer there")
	leave(own.Boosts, boosts, "boost", "not counted")
	leave(own.Direct, direct, "direct post", "not counted")
	leave(own.Private, private, "followers-only post", "not counted")
	s.Difference = h.Statuses - (own.Archived - s.Uncounted)
	s.Comparison = fmt.Sprintf("own posts: the server counts about %s (%s), archived are %s", humanize.Comma(h.Statuses),
		archive.ParseTime(h.ToldAt).Minute(), humanize.Comma(own.Archived))
	if len(parts) > 0 {
		s.Comparison += ", with " + strings.Join(parts, ", ")
	}
	switch {
	case s.Difference > 0:
		s.Comparison += fmt.Sprintf("; %s more on the server, which the count's inaccuracy may explain",
			humanize.Comma(s.Difference))
	case s.Difference < 0:
		s.Comparison += fmt.Sprintf("; %s more in the archive: deleted there or taken back since, or miscounted",
			humanize.Comma(-s.Difference))
	}
	return s
}
