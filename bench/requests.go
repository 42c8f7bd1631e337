package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// promise is what a first run may cost on a kind of server.
type promise struct {
	server string
	batch  bool
	floor  float64 // at most so many times as with the fewest requests
	lama   float64 // and at most so much of what LAMA 1.1 spends; 0: nothing was promised
	target string
}

var promises = []promise{
	{"batch server", true, 1.05, 0, "≤ 1.05 × floor"},
	{"no batches", false, 1.1, 0.4, "≤ 1.1 × floor, ≤ 0.4 × LAMA 1.1"},
}

// requests counts those of a first run and of one with nothing new, with and without batches.
func (b *bench) requests(ctx context.Context) ([]row, error) {
	var all []row
	for _, p := range promises {
		rows, err := b.requestsOf(ctx, p)
		if all = append(all, rows...); err != nil {
			return all, err
		}
	}
	return all, nil
}

func (b *bench) requestsOf(ctx context.Context, p promise) ([]row, error) {
	f, err := b.fediverse(ctx, World{Members: 1, Posts: b.sizes.requests, Batch: p.batch})
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
	should, errShould := f.reckoning()
	if err := errors.Join(err, errSecond, errShould, b.drop(ctx, h)); err != nil {
		return nil, err
	}
	return []row{
		b.countRow(p, first, should),
		{what: "requests of a run with nothing new, " + p.server, target: "4 per account",
			measured: fmt.Sprintf("%d per account", second), verdict: b.judge(second == 4)},
	}, nil
}

// countRow says what a first run cost, beside what it should and what LAMA 1.1 spends.
func (b *bench) countRow(p promise, spent int, should Reckoning) row {
	per := func(n int) float64 { return float64(n) * 1000 / float64(b.sizes.requests) }
	return row{
		what:     fmt.Sprintf("requests per 1,000 own posts of %d, %s", b.sizes.requests, p.server),
		target:   p.target,
		measured: fmt.Sprintf("%.1f (floor %.1f, LAMA 1.1 %.1f)", per(spent), per(should.Floor), per(should.LAMA)),
		verdict:  b.judge(p.kept(spent, should)),
	}
}

func (p promise) kept(spent int, should Reckoning) bool {
	within := func(factor float64, of int) bool { return float64(spent) <= factor*float64(of) }
	return within(p.floor, should.Floor) && (p.lama == 0 || within(p.lama, should.LAMA))
}

// limitTests are those that hold LAMA to Mastodon's limits, by package, and what passing proves.
var limitTests = []struct{ pkg, test, proves string }{
	{"./throttle", "TestDrain", "15 drains of 6,000 requests: no 429, 95 % of the share used in every whole window"},
	{"./cli", "TestAFullArchiveUnderMastodonsLimits",
		"first runs with and without batches: no 429, 95 % of the share used in every whole window"},
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
