package web_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"lama/web"
)

// screenshots is where the README's pictures are written: `make screenshots` makes them.
var screenshots = flag.String("screenshots", "", "folder to write screenshots into")

// draw writes what the browser shows at a path, after what is done there.
func (b *browser) draw(name, path, scheme string, width, height int64, then ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	factor := 1.0
	if width < 500 {
		factor = 2
	}
	b.scheme(scheme)
	command(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height,
		DeviceScaleFactor: factor, Mobile: width < 500})
	b.visit(path)
	b.do(then...)
	b.is(`String([...document.images].every((image) => (image.loading = "eager", image.complete)))`, "true")
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, "reader-"+name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no -screenshots FOLDER: nothing is drawn")
	}
	f := newFixture(t, databases["postgres"](t))
	f.status = household()
	s := f.tell()
	b := f.open(t, "")
	b.draw("home", "/", "light", 1100, 1200)
	b.draw("post", at("/post", "uri", s.answer.URI), "light", 1100, 1300)
	b.draw("versions", at("/post", "uri", s.edited.URI), "dark", 1100, 900)
	b.draw("timeline", "/timeline", "dark", 1100, 1200)
	b.draw("media", "/media", "light", 1100, 600)
	b.draw("lightbox", "/media", "dark", 1100, 700, chromedp.Click(chromedp.CSS("a[data-lightbox]")),
		chromedp.WaitVisible(chromedp.CSS("#lightbox img")))
	b.draw("statistics", "/statistics", "dark", 1100, 1150)
	b.draw("author", "/author/Zoe@far.example", "light", 1100, 1000)
	b.draw("tags", "/tags", "light", 1100, 400)
	b.draw("search", at("/search", "q", "heron"), "light", 1100, 1000)
	b.draw("operators", at("/search", "q", "hass:image"), "dark", 1100, 900)
	b.draw("status", "/status", "light", 1100, 1100)
	b.draw("phone", "/timeline", "light", 400, 850)
	b.stayed()
	f.site(t, "").draw("site", "/search.html?q=heron", "light", 1100, 900, chromedp.WaitVisible(chromedp.CSS("#found mark")))
	f.elsewhere(t, "ana")["ana"].draw("signin", "/signin?code=4QK7PDRV5YVTXJ2WZ6MHLA3NBE", "light", 1100, 400)
}

// household is what the status of one looks like.
func household() web.Status {
	whole := func(name string, n int64, from string) web.CollectionStatus {
		return web.CollectionStatus{Name: name, Archived: n, First: from, Last: "2026-11-23", Coverage: "complete from the beginning to 2026-11-23 11:58, 0 gaps"}
	}
	return web.Status{Posts: 71_204, Media: "23,118 files, 41 GB, 12 pending", LastRun: "complete, ended 2026-11-23 12:00",
		Hosts: []string{"media.gone.example, 9 failing, asked again from 2026-11-24 08:00: no answer"},
		Accounts: []web.AccountStatus{
			{Name: "ana@home.example", Own: "own posts: the server counts about 8,310, archived are 8,322",
				Related:     "and 21,377 posts that these reply to, link to or quote, 41 gone or refused",
				Collections: []web.CollectionStatus{whole("statuses", 8322, "2017-04-03"), whole("favourites", 31_006, "2017-04-03"), whole("bookmarks", 902, "2019-11-08"), whole("notifications", 2144, "2017-04-05")}},
			{Name: "bob@home.example", Related: "and 3,016 posts that these reply to, link to or quote",
				Collections: []web.CollectionStatus{whole("statuses", 1204, "2022-11-05"),
					{Name: "favourites", Archived: 3377, First: "2024-02-11", Last: "2026-11-23", Coverage: "from 2024-02-11 08:00 to 2026-11-23 11:59; the rest is still to be read",
						Problem: "the server answered 503 for its last page: the next run goes on there"}}},
		}}
}
