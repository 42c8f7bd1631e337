//go:build sqlite

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lama/store/pgtest"
)

// TestMain lets the test binary be the processes that the bench starts of itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && slices.Contains([]string{roleFediverse, roleLoader}, os.Args[1]) {
		main()
		return
	}
	os.Exit(m.Run())
}

// databases are skipped where they can't be had.
var databases = map[string]func(testing.TB){sqlite: func(testing.TB) {}, postgres: func(t testing.TB) { pgtest.URL(t) }}

// Every measure can be taken, and counts what it should; how long that takes is nothing for a test.
func TestMeasures(t *testing.T) {
	for kind, need := range databases {
		t.Run(kind, func(t *testing.T) {
			need(t)
			dir := t.TempDir()
			out := filepath.Join(t.TempDir(), "docs", "benchmarks.md")
			var table bytes.Buffer
			args := []string{"-scale", "0.001", "-databases", kind, "-dir", dir, "-out", out}
			if err := run(t.Context(), args, &table, t.Output()); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names() {
				if !strings.Contains(string(text), "-only "+name+"'") {
					t.Errorf("the file does not say how to get %s again", name)
				}
			}
			for _, want := range figures {
				if pattern := strings.ReplaceAll(want, "DATABASE", title(kind)); !regexp.MustCompile(pattern).Match(text) {
					t.Errorf("there is no %q in\n%s", pattern, text)
				}
				if !strings.Contains(table.String(), "VERDICT") {
					t.Errorf("no table was printed: %s", table.String())
				}
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("something was left behind: %v, %v", left, err)
			}
		})
	}
}

// figures are in the file, with the counts that follow from the sizes.
var figures = []string{
	`own posts of 40, batch server \| ≤ 1.05 × floor \| [1-9]\d+\.\d \(floor [1-9]\d+\.\d, LAMA 1.1 [1-9]\d+\.\d\) \|`,
	`own posts of 40, no batches \| ≤ 1.1 × floor, ≤ 0.4 × LAMA 1.1 \| [1-9]\d+\.\d \(floor [1-9]`,
	`nothing new, batch server \| 4 per account \| 4 per account \|`,
	`nothing new, no batches \| 4 per account \| 4 per account \|`,
	`Mastodon's limits \(TestDrain .* \| met`,
	`Mastodon's limits \(TestAFullArchiveUnderMastodonsLimits .* \| met`,
	`40 posts, DATABASE, JSON files off, against a bulk load \| ≤ 1.5 × \| \d`,
	`40 posts, DATABASE, JSON files on, against a bulk load \| ≤ 2.0 × \| \d`,
	`posts with \d+ files, DATABASE, against LAMA 1.x \|  \| \d`,
	`posts with \d+ files, DATABASE, against a bare download \|`,
	`at 100 and at 1000 stored, DATABASE \|`,
	`bytes on disk per post, DATABASE \|  \| [1-9]\d{3}`,
	`fsyncs per post, DATABASE \|  \| \d`,
	`peak memory at 40 and at 300 posts, DATABASE \| [^|]* \| [1-9]\d+ MiB and [1-9]\d`,
	`10 accounts, 1000 posts stored, DATABASE \| ≤ 150 ms \| .*, with 40 requests`,
	`SIGTERM to exit while [1-9]\d* requests are held open, DATABASE \|`,
	`- processor: .* cores`,
}

// What is loaded in bulk is the archive that was read, row for row and file for file.
func TestBulkLoad(t *testing.T) {
	for kind, need := range databases {
		t.Run(kind, func(t *testing.T) {
			need(t)
			b, err := newBench(t.Context(), options{dir: t.TempDir(), scale: 0.001}, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			defer b.close()
			f, err := b.fediverse(t.Context(), World{Bulk: true, Members: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.resize(0, 100); err != nil {
				t.Fatal(err)
			}
			h, _, err := b.archive(t.Context(), f, kind, nil)
			if err != nil {
				t.Fatal(err)
			}
			to := household{dir: t.TempDir()}
			if to.database, err = b.database(t.Context(), kind, to.dir); err != nil {
				t.Fatal(err)
			}
			done, err := Load{b.schema, h.place(), to.place(), true}.run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, want := contents(t, to.place()), contents(t, h.place())
			for name := range want {
				if !slices.Equal(got[name], want[name]) {
					t.Errorf("%s is not what it was", name)
				}
			}
			files := 0
			for name := range want {
				if strings.Contains(name, "/") {
					files++
				}
			}
			if len(got) != len(want) || done.Files != files || files < 100 || len(want)-files < 15 || done.Rows < 400 {
				t.Errorf("%d rows and %d files were loaded, %d tables and files are there, %d were", done.Rows, done.Files,
					len(got), len(want))
			}
		})
	}
}

// contents are the rows of the tables and the content of the files, by name.
func contents(t *testing.T, p Place) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	files, err := readFiles(p.Folder)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		all[name] = []string{string(text)}
	}
	s, g := &sqliteLoader{}, &postgresLoader{}
	if strings.HasPrefix(p.Database, postgres) {
		_, err = g.read(t.Context(), p.Database)
	} else {
		_, err = s.read(t.Context(), p.Database)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range s.tables {
		all[table.name] = strings.Split(fmt.Sprint(table.rows), "] [")
	}
	for _, table := range g.tables {
		lines := strings.Split(string(bytes.Join(table.lines, nil)), "\n")
		all[table.name] = slices.Sorted(slices.Values(lines)) // Postgres keeps no order
	}
	return all
}

// What can't be measured is a row that says so, keeps nothing else back, and makes the bench fail.
func TestMeasureThatFails(t *testing.T) {
	var log, table bytes.Buffer
	b := &bench{options: options{scale: 1, only: []string{"stop", "memory"}, databases: []string{sqlite}}, log: &log}
	b.program, b.dir = filepath.Join(t.TempDir(), "no-such-program"), t.TempDir()
	defer b.close()
	rows := b.takeAll(t.Context())
	if len(rows) != 2 || rows[0].verdict != failed || rows[1].verdict != failed || rows[0].measure != "memory" {
		t.Errorf("got %v", rows)
	}
	err := b.report(t.Context(), &table, rows)
	if !errors.Is(err, errMissed) || !strings.Contains(table.String(), "no-such-program") {
		t.Errorf("reported as %v:\n%s", err, table.String())
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		scale float64
		ok    bool
		want  verdict
	}{{1, true, met}, {1, false, missed}, {0.5, true, unjudged}, {0.5, false, unjudged}} {
		b := &bench{options: options{scale: c.scale}}
		if got := b.judge(c.ok); got != c.want {
			t.Errorf("%v: got %q", c, got)
		}
	}
}

func TestPromises(t *testing.T) {
	for _, c := range []struct {
		promise      promise
		spent, floor int
		want         bool
	}{
		{promises[0], 105, 100, true}, {promises[0], 106, 100, false},
		{promises[1], 220, 200, true}, {promises[1], 221, 200, false},
		{promises[1], 400, 400, true}, {promises[1], 401, 401, false}, // of LAMA's 1,000
	} {
		if got := c.promise.kept(c.spent, Reckoning{c.floor, 1000}); got != c.want {
			t.Errorf("%s: %d requests where %d are needed: kept is %v", c.promise.server, c.spent, c.floor, got)
		}
	}
}

func TestOptions(t *testing.T) {
	var log bytes.Buffer
	for args, out := range map[string]string{
		"": "docs/benchmarks.md", "-quick": "", "-only stop,idle": "", "-databases sqlite": "", "-quick -out x.md": "x.md",
	} {
		o, err := readOptions(strings.Fields(args), &log)
		if err != nil || filepath.ToSlash(o.out) != out {
			t.Errorf("bench %s writes %q, %v; want %q", args, o.out, err, out)
		}
	}
	for _, args := range []string{"-only speed", "-databases oracle", "-fast"} {
		if err := run(context.Background(), strings.Fields(args), &log, &log); !errors.Is(err, errUsage) {
			t.Errorf("bench %s: %v", args, err)
		}
	}
}

func TestReadSummary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strace")
	const summary = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 90.00    0.001910         191        10           fsync
 10.00    0.000191         191         7         2 fdatasync
------ ----------- ----------- --------- --------- ----------------
100.00    0.002101         191        17         2 total
`
	if err := os.WriteFile(path, []byte(summary), 0o600); err != nil {
		t.Fatal(err)
	}
	if calls, err := readSummary(path); err != nil || calls != 17 {
		t.Errorf("got %d, %v", calls, err)
	}
}
