package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lama/archive"
)

// CollectionReport is what is archived of one collection, and how far it was read.
type CollectionReport struct {
	Collection archive.Collection `json:"collection"`
	Archived   int64              `json:"archived"`
	First      string             `json:"first"` // date of the oldest post archived, empty for none
	Last       string             `json:"last"`
	Complete   bool               `json:"complete"`    // read from the beginning to ReadTo, without a gap
	CompleteTo string             `json:"complete_to"` // the moment until which nothing is missing; empty: the beginning is
	ReadTo     string             `json:"read_to"`     // the moment until which the newest are read
	Gaps       int                `json:"gaps"`        // intervals that do not reach the one below, or the beginning
	Proved     bool               `json:"proved"`      // by the server's cursors
	Doubts     []archive.Doubt    `json:"doubts"`      // why not, where that was noted
	ReadAt     string             `json:"read_at"`     // when its last page came
	WalkedAt   string             `json:"walked_at"`   // when it was last read from the top to the beginning
	Problem    string             `json:"problem"`     // why its next page failed
}

// bases are the activities that a collection yields. A boost's target is not counted beside its wrapper.
var bases = map[archive.Collection]string{
	archive.Statuses:      `[["post"]]`,
	archive.Favourites:    `[["favourite"]]`,
	archive.Bookmarks:     `[["bookmark"]]`,
	archive.Notifications: `[["mention"],["poll"]]`,
}

func reportCollection(ctx context.Context, t tx, account string, c archive.Collection) (r CollectionReport, err error) {
	r.Collection = c
	var first, last archive.Time
	_, err = collect(ctx, t, func(q rows) (int64, error) {
		return 0, q.Scan(&r.Archived, scanTime{&first}, scanTime{&last})
	}, fmt.Sprintf(`WITH bases(base) AS (%s)
SELECT count(*), MIN(p.created_at), MAX(p.created_at) FROM activities a JOIN posts p ON p.post_uri = a.post_uri
WHERE a.account = $1 AND a.chain = '' AND a.base IN (SELECT base FROM bases)`, t.list(2, 1)), account, bases[c])
	if err != nil {
		return r, err
	}
	r.First, r.Last = first.String(), last.String()
	intervals, err := collect(ctx, t, scanInterval, `
SELECT open, complete, proved, COALESCE(doubt, ''), pages, COALESCE(reason, ''), opened_at, read_at, walked_at
FROM walks WHERE account = $1 AND collection = $2 AND NOT rewalk ORDER BY id DESC`, account, string(c))
	r.cover(intervals)
	return r, err
}

// interval is a row of walks as a report reads it.
type interval struct {
	open, complete, proved bool
	doubt, reason          string
	pages                  int
	opened, read, walked   archive.Time
}

func scanInterval(r rows) (i interval, err error) {
	return i, r.Scan(&i.open, &i.complete, &i.proved, &i.doubt, &i.pages, &i.reason, scanTime{&i.opened}, scanTime{&i.read},
		scanTime{&i.walked})
}

// cover says what intervals prove, the newest first. An interval holds what there was when it was opened, for its top
// page was asked for after that. One of which no page came yet holds nothing, and its reason is why.
func (r *CollectionReport) cover(intervals []interval) {
	var read, last, walked archive.Time
	seen := 0
	r.Proved, r.Doubts = true, []archive.Doubt{}
	for _, i := range intervals {
		if r.Problem == "" {
			r.Problem = i.reason
		}
		if i.pages == 0 {
			continue
		}
		if seen++; seen == 1 {
			read = i.opened
		}
		if i.open {
			r.Gaps++
		}
		if i.complete {
			r.CompleteTo = i.opened.String()
		}
		if i.read.After(last.Time) {
			last = i.read
		}
		if i.walked.After(walked.Time) {
			walked = i.walked
		}
		r.doubt(i)
	}
	r.Proved = r.Proved && seen > 0
	r.Complete = seen == 1 && r.Gaps == 0 && r.CompleteTo != ""
	r.ReadTo, r.ReadAt, r.WalkedAt = read.String(), last.String(), walked.String()
}

func (r *CollectionReport) doubt(i interval) {
	r.Proved = r.Proved && i.proved
	for d := range strings.SplitSeq(i.doubt, ",") {
		if why := archive.Doubt(d); d != "" && !slices.Contains(r.Doubts, why) {
			r.Doubts = append(r.Doubts, why)
		}
	}
}
