package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// measure is one of the promises: how it is measured, which gives a row for each figure.
type measure struct {
	name string // for -only
	take func(*bench, context.Context) ([]row, error)
	how  string // what is done, for docs/benchmarks.md
}

// measures are all of them, in the order of the table.
var measures = []measure{
	{"requests", (*bench).requests,
		"A generated world (`mastodontest.Generate`, Calm) whose one member has 10,000 posts, in the mix of the " +
			"model, on Mastodon 4.5 (batches of 20) and on Mastodon 4.2 (no batches). The servers count the requests, " +
			"files aside, of the first run and of a second one, which finds nothing new. The floor is the cheapest way to " +
			"the same archive (`mastodontest.Floor`), which knows what nobody can know before; what LAMA 1.1 spends on it " +
			"is its formula (`mastodontest.LAMA`). The servers have no limits: under Mastodon's, full batches go while " +
			"pages wait for theirs, and some are for what these would have brought."},
	{"limits", (*bench).limits,
		"Tests with a virtual clock and a server under Mastodon's limits, which fail at the first 429 and below 95 % " +
			"of the share in any whole window. They are run here, not done again."},
	{"wall", (*bench).wall,
		"20,000 posts of 3 KB (`mastodontest.Bulk`) on one account, from the start of the process to its end, against " +
			"a program that has the rows of the finished archive and its JSON files in memory and loads them into a fresh " +
			"database: one connection, 1,000 rows per transaction (SQLite: a prepared INSERT and the same pragmas; " +
			"Postgres: COPY), files by the same code, 500 per sync. Median of three pairs. And against LAMA 1.x's rate: 25–37 s " +
			"for 1,966 posts, with media, of which these runs have none."},
	{"media", (*bench).media,
		"A generated world whose one member has 2,000 posts, with all that belongs to them and their media (median of " +
			"three), against the same rate of LAMA 1.x, like with like where issue 3 promises something of the time without " +
			"media, and against a program that gets the same addresses and throws away what comes. The pace of requests and of " +
			"files is lifted (api_pace, media_pace)."},
	{"growth", (*bench).growth,
		"Ten accounts on a bulk server, one of which has nearly all the posts: 100,000 are archived, then three times " +
			"20,000 new ones, of which the median counts; then 1,000,000 are filled up, and again three times 20,000. JSON files " +
			"are off, all indexes are there. Fsyncs are counted by strace in a run of its own (SQLite), or are the WAL's as " +
			"Postgres counts them."},
	{"memory", (*bench).memory,
		"The highest resident memory of the process (getrusage) in a first archive of 10,000 and of 300,000 bulk " +
			"posts."},
	{"idle", (*bench).idle,
		"The archive of `growth` with its million posts and ten accounts, when nothing is new: from the start of the " +
			"process to its end, on loopback. Median of five."},
	{"search", (*bench).search,
		"A million posts of 3 KB with words as a language has them, half of each of two persons, of whom one searches: " +
			"pages of 20, p95 of 40 searches after three. The first of a list is what finds everything."},
	{"stop", (*bench).stop,
		"Three accounts with media; every page below the first and every file is held open by the servers. From " +
			"SIGTERM to the end of the process."},
}

func names() []string {
	var all []string
	for _, m := range measures {
		all = append(all, m.name)
	}
	return all
}

// row is a figure and what was wanted of it.
type row struct {
	measure  string // its name; set by takeAll
	what     string
	target   string
	measured string
	verdict  verdict
}

type verdict string

const (
	met      verdict = "met"
	missed   verdict = "MISSED"
	failed   verdict = "FAILED"             // it could not be measured
	reported verdict = "reported"           // nothing was promised
	unjudged verdict = "too small to judge" // of sizes below those that were promised
)

// judge is the verdict on a target, at these sizes.
func (b *bench) judge(ok bool) verdict {
	switch {
	case b.options.scale < 1:
		return unjudged
	case ok:
		return met
	}
	return missed
}

// takeAll takes the measures. One that fails is a row too, and keeps none of the others back.
func (b *bench) takeAll(ctx context.Context) []row {
	var all []row
	for _, m := range measures {
		if len(b.options.only) > 0 && !slices.Contains(b.options.only, m.name) || ctx.Err() != nil {
			continue
		}
		start := time.Now()
		rows, err := m.take(b, ctx)
		if err != nil {
			rows = append(rows, row{what: m.name, measured: err.Error(), verdict: failed})
		}
		for _, r := range rows {
			r.measure = m.name
			all = append(all, r)
			b.say("%s: %s: %s (%s)", m.name, r.what, r.measured, r.verdict)
		}
		b.say("%s took %s", m.name, time.Since(start).Round(time.Second))
	}
	return all
}

// say tells of progress.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.log, format+"\n", args...) // nothing depends on it
}

// median is the middle one, or of two the later one.
func median[T cmp.Ordered](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// seconds is a time for people.
func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// mebibytes is a size for people.
func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
