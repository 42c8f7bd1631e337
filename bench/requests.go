package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// requests counts those of a first run and of one with nothing new, with and without batches.
func (b *bench) requests(ctx context.Context) ([]row, error) {
	var all []row
	for _, batch := range []bool{true, false} {
		rows, err := b.requestsOf(ctx, batch)
		if all = append(all, rows...); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (b *bench) requestsOf(ctx context.Context, batch bool) ([]row, error) {
	f, err := b.fediverse(ctx, World{Members: 1, Posts: b.sizes.requests, Batch: batch})
	if err != nil {
		return nil, err
	}
	defer f.close()
	h, _, err := b.archive(ctx, f, sqlite, bare)
	if err != nil {
		return nil, err
	}
	first, err := f.requests()
	if err != nil {
		return nil, err
	}
	_, err = h.run(ctx)
	second, errSecond := f.requests()
	if err := errors.Join(err, errSecond, b.drop(ctx, h)); err != nil {
		return nil, err
	}
	server := "batch server"
	if !batch {
		server = "no batches"
	}
	return []row{
		b.countRow(first, server),
		{what: "requests of a run with nothing new, " + server, target: "4 per account",
			measured: fmt.Sprintf("%d per account", second), verdict: b.judge(second == 4)},
	}, nil
}

// countRow says what a first run cost. Its floor is mastodontest's to compute; while that can't, nothing is judged.
func (b *bench) countRow(requests int, server string) row {
	return row{
		what:     fmt.Sprintf("requests per 1,000 own posts of %d, %s", b.sizes.requests, server),
		measured: fmt.Sprintf("%.1f", float64(requests)*1000/float64(b.sizes.requests)),
		verdict:  reported,
	}
}

// limitTests are those that hold LAMA to Mastodon's limits, by package, and what passing proves.
var limitTests = []struct{ pkg, test, proves string }{
	{"./throttle", "TestDrain", "15 drains of 6,000 requests: no 429, 95 % of the share used in every whole window"},
}

// limits runs the tests of the rate limits: their clock is virtual and can't be had from outside.
func (b *bench) limits(ctx context.Context) ([]row, error) {
	var all []row
	for _, l := range limitTests {
		cmd := exec.CommandContext(ctx, "go", "test", "-tags", "sqlite", "-count=1", "-v", "-run", "^"+l.test+"$", l.pkg)
		cmd.Dir = b.root
		out, err := cmd.CombinedOutput()
		r := row{what: fmt.Sprintf("429s and share used under Mastodon's limits (%s in %s)", l.test, l.pkg),
			target: "0; ≥ 95 %", measured: l.proves, verdict: met}
		if passed := strings.Contains(string(out), "--- PASS: "+l.test+" "); err != nil || !passed {
			r.measured, r.verdict = "the test does not pass", missed
		}
		all = append(all, r)
	}
	return all, nil
}
