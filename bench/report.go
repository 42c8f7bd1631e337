package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

var errMissed = errors.New("not all targets were met")

// report prints the table, and writes the file where one is wanted.
func (b *bench) report(ctx context.Context, out io.Writer, rows []row) error {
	if _, err := fmt.Fprintln(out, pretty(rows).Render()); err != nil {
		return err
	}
	if b.options.out != "" {
		if err := write(b.options.out, b.document(ctx, rows)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(rows, func(r row) bool { return r.verdict == missed || r.verdict == failed }) {
		return errMissed
	}
	return nil
}

func pretty(rows []row) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"measure", "target", "measured", "verdict"})
	for _, r := range rows {
		t.AppendRow(table.Row{r.what, r.target, r.measured, r.verdict})
	}
	return t
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// document is docs/benchmarks.md.
func (b *bench) document(ctx context.Context, rows []row) string {
	var d strings.Builder
	d.WriteString("# Benchmarks\n\nWritten by `make bench`; do not edit. The real program runs against a fake fediverse " +
		"in a process of its own,\non the same machine and over loopback, with its own pace lifted (`api_pace`).\n\n")
	d.WriteString(pretty(rows).RenderMarkdown() + "\n\n## The machine\n\n")
	for _, m := range b.machine(ctx) {
		fmt.Fprintf(&d, "- %s: %s\n", m[0], m[1])
	}
	if b.options.scale != 1 {
		fmt.Fprintf(&d, "- sizes: %v of those below\n", b.options.scale)
	}
	d.WriteString("\n## What was done, and how to get a figure again\n\n| run | what it does | figures |\n|---|---|---|\n")
	for _, m := range measures {
		figures := 0
		for _, r := range rows {
			if r.measure == m.name {
				figures++
			}
		}
		if figures > 0 {
			fmt.Fprintf(&d, "| `make bench BENCH='-only %s'` | %s | %d |\n", m.name, m.how, figures)
		}
	}
	return d.String()
}
