package cli

import (
	"context"
	"path/filepath"

	"github.com/dustin/go-humanize"

	"lama/export"
	"lama/site"
)

// siteFormat is the export that is a website.
const siteFormat = "site"

// site makes a website of a selection.
func (x *exporting) site(ctx context.Context, selection export.Selection, to string) error {
	data, err := x.openData(ctx, selection.Store)
	if err != nil {
		return err
	}
	defer data.Close()
	s := site.Site{Selection: selection, Data: data.FS(), To: to, Progress: x.siteProgress, Lost: x.gone}
	write := s.Write
	if x.dry {
		write = s.Count
	}
	tally, err := write(ctx)
	x.line.Done()
	if err != nil {
		return unfinished(ctx, err, to)
	}
	x.siteSummary(s, tally)
	return x.whole()
}

func (x *exporting) siteProgress(p site.Progress) {
	text := "exporting: " + p.Step + " " + humanize.Comma(p.Done)
	if p.All > 0 {
		text += " of " + humanize.Comma(p.All)
	}
	x.line.Show(text)
}

func (x *exporting) siteSummary(s site.Site, t site.Tally) {
	n := func(n int) string { return humanize.Comma(int64(n)) }
	x.headline(s.Selection, siteFormat, s.To)
	x.say("posts       %s, by %s, with %s", n(t.Posts), plural(t.Authors, "author"), plural(t.Tags, "tag"))
	if x.dry {
		x.say("media       %s (%s), and avatars, emoji and images of links", n(t.Files), size(t.Bytes))
	} else {
		x.say("media       %s (%s), with avatars, emoji and images of links", n(t.Files), size(t.Bytes))
	}
	if t.Searched {
		x.say("search      in the browser")
	} else {
		x.say("search      none: a browser can be asked to search %s posts", humanize.Comma(site.MostSearched))
	}
	if !x.dry {
		x.say("pages       %s; open %s", humanize.Comma(t.Pages), filepath.Join(s.To, "index.html"))
	}
}
