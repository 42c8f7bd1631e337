//go:build sqlite

package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"lama/mastodon/mastodontest"
)

func gone(ts *testscript.TestScript, _ bool, args []string) {
	stageOf(ts).member(ts, args[0]).Instance().Break(mastodontest.Rule{}, mastodontest.Status(http.StatusGone, `{"error": "Gone"}`))
}

func moved(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	s.member(ts, args[0]).Move(s.member(ts, args[1]))
}

var (
	dates   = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d`)
	figures = regexp.MustCompile(`\b[1-9][\d,]*\b`)
)

// lines looks for a file's lines in the output, one after the other.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	output := dates.ReplaceAllString(ts.ReadFile("stdout"), "DATE")
	got := strings.Split(figures.ReplaceAllString(output, "N"), "\n")
	for want := range strings.Lines(ts.ReadFile(args[0])) {
		at := slices.Index(got, strings.TrimSuffix(want, "\n"))
		if at < 0 {
			ts.Fatalf("there is no further line %sin\n%s", want, output)
		}
		got = got[at+1:]
	}
}

var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-z][a-z0-9_]*) \S.*\.$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-z][a-z0-9_]*) (gauge|counter)$`)
	sampleLine = regexp.MustCompile(`^([a-z][a-z0-9_]*)((?:\{[a-z_]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\]|\\[\\"n])*")*\})?) (\S+)$`)
)

// exposed parses the text format more strictly than Prometheus does: of each metric its help, its type and then its
// samples, each metric and each sample once, every line ended. The file becomes the output.
func exposed(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	e := exposition{state: "samples", seen: map[string]bool{}}
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		if err := e.read(line); err != nil || !ended {
			ts.Fatalf("%v in %q of %s", err, line, args[0])
		}
	}
	if e.state != "samples" || e.name == "" {
		ts.Fatalf("%s ends without a sample", args[0])
	}
	_, err := fmt.Fprint(ts.Stdout(), text)
	ts.Check(err)
}

// exposition is what was read so far: a metric, and what was the last of it.
type exposition struct {
	name, state string
	seen        map[string]bool
}

func (e *exposition) read(line string) error {
	before := e.state
	if m := helpLine.FindStringSubmatch(line); m != nil {
		e.name, e.state = m[1], "help"
		return e.once(m[1], before == "samples")
	}
	if m := typeLine.FindStringSubmatch(line); m != nil {
		e.state = "type"
		return e.once("type of "+m[1], before == "help" && m[1] == e.name && (m[2] == "counter") == strings.HasSuffix(m[1], "_total"))
	}
	m := sampleLine.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("no help, type or sample")
	}
	e.state = "samples"
	if _, err := strconv.ParseFloat(m[3], 64); err != nil {
		return err
	}
	return e.once("sample of "+m[1]+m[2], before != "help" && m[1] == e.name)
}

// once says what is wrong with a line that stands in a wrong place, or a second time.
func (e *exposition) once(what string, placed bool) error {
	if !placed || e.seen[what] {
		return fmt.Errorf("%s: in a wrong place, or twice", what)
	}
	e.seen[what] = true
	return nil
}
