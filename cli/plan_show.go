package cli

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"

	"lama/plan"
)

// text is the outlook for people.
func (o outlook) text() string {
	var b strings.Builder
	for _, a := range o.accounts {
		b.WriteString(a.text())
	}
	if len(o.accounts) > 0 {
		b.WriteString(o.totals())
	}
	b.WriteString("What can't be known\n")
	for _, u := range o.unknowns() {
		b.WriteString(item(u))
	}
	fmt.Fprintf(&b, "\nThis plan took %s", plural(int(o.requests), "request"))
	if o.asked > 0 {
		fmt.Fprintf(&b, ", and %s for the sizes of files", plural(o.asked, "request"))
	}
	b.WriteString(". Nothing was written.")
	return b.String()
}

func (a prospect) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s %s\n", printable(a.account.Name(), maxName), printable(a.server.Software, maxName),
		printable(a.server.Version, maxName))
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"collection", "posts", "pages", "posts they refer to", "media files"})
	for _, f := range a.rows {
		t.AppendRow(a.row(f))
	}
	b.WriteString(t.Render() + "\n")
	cost := a.plan.Cost()
	if a.plan.Pending > 0 {
		line(&b, "left over", plural(int(a.plan.Pending), "post")+" that earlier runs still have to ask for")
	}
	line(&b, "requests", figureOf(cost.Requests(), cost.More, false)+": "+a.kinds(cost))
	line(&b, "limits", limits(a.budget.Limits(), a.server.PerIP()))
	line(&b, "time", duration(a.wait(), cost.More))
	if cost.More {
		line(&b, "each 1,000", a.prices()+"; without media")
	}
	b.WriteByte('\n')
	return b.String()
}

func (a prospect) row(f forecast) table.Row {
	switch {
	case f.problem != "":
		return table.Row{f.name, "can't be asked"}
	case f.Current:
		return table.Row{f.name, "complete to " + f.since + "; a run reads what is new", "1 or more"}
	}
	cost := a.plan.Reading(f.Collection)
	exact := f.exact || f.More // what is there is counted, not guessed
	items := figureOf(cost.Items, f.More, exact)
	if f.Stored > 0 {
		items += " more; " + humanize.Comma(f.Stored) + " are archived"
	}
	return table.Row{f.name, items, figureOf(cost.Pages, f.More, true),
		figureOf(cost.Related, f.More, false), figureOf(cost.Media, f.More, false)}
}

// kinds says what requests are made of.
func (a prospect) kinds(c plan.Cost) string {
	parts := []string{plural(whole(c.Pages), "page")}
	add := func(n float64, what, detail string) {
		if whole(n) > 0 {
			parts = append(parts, plural(whole(n), what)+detail)
		}
	}
	if a.plan.Batch > 1 {
		add(c.Batches, "batch", fmt.Sprintf(" of %d posts", a.plan.Batch))
	} else {
		add(c.Batches, "single post", "")
	}
	add(c.Threads, "conversation", "")
	add(c.Searches, "search", "")
	add(c.Fixed, "request", " to open the account")
	return strings.Join(parts, ", ")
}

// prices is what more of each collection takes of which there is more than is known.
func (a prospect) prices() string {
	var all []string
	for _, f := range a.rows {
		if f.More {
			cost := a.plan.Thousand(f.Collection)
			all = append(all, fmt.Sprintf("more %s %s requests and %s", f.name, figureOf(cost.Requests(), false, false),
				sizeOf(cost.Database+cost.JSON, false)))
		}
	}
	return strings.Join(all, ", ")
}

// totals is what the whole run takes.
func (o outlook) totals() string {
	var b strings.Builder
	sum := o.total()
	b.WriteString("All accounts\n")
	line(&b, "requests", figureOf(sum.Requests(), sum.More, false))
	line(&b, "time", duration(o.wait(), sum.More))
	line(&b, "database", sizeOf(sum.Database, sum.More))
	line(&b, "JSON files", o.jsonFiles(sum))
	line(&b, "media files", o.media(sum))
	if o.left > 0 {
		line(&b, "left over", plural(int(o.left), "file")+" that earlier runs still have to download")
	}
	b.WriteByte('\n')
	return b.String()
}

func (o outlook) jsonFiles(sum plan.Cost) string {
	if !o.cfg.SaveJSON {
		return "switched off (save_json)"
	}
	return sizeOf(sum.JSON, sum.More)
}

func (o outlook) media(sum plan.Cost) string {
	if !o.cfg.DownloadOwn && !o.cfg.DownloadOthers {
		return "switched off (download_own_attachments, download_others_attachments)"
	}
	text := figureOf(sum.Media, sum.More, false)
	if bytes, ok := o.mediaBytes(sum.Media); ok && whole(sum.Media) > 0 {
		text += fmt.Sprintf("; %s if all are like the %d that told their size", sizeOf(bytes, sum.More), len(o.sizes))
	}
	return text
}

func line(b *strings.Builder, name, text string) { fmt.Fprintf(b, "%-11s %s\n", name, text) }
