package store_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"lama/archive"
)

// withMedia is post id with attachments whose originals are at far.example.
func withMedia(id string, names ...string) archive.Post {
	p := post("home.example", id)
	for i, n := range names {
		p.Media = append(p.Media, archive.Attachment{Position: i, Type: "image", Alt: "alt " + n, ID: n,
			URL: "https://cache.example/" + n, RemoteURL: "https://far.example/media/" + n})
	}
	return p
}

func (f *fixture) media(host string) []archive.Media {
	f.t.Helper()
	tasks, _, err := f.Pending(f.t.Context(), archive.Lane{Kind: archive.TaskMedia, Owner: host}, 10)
	if err != nil {
		f.t.Fatal(err)
	}
	var all []archive.Media
	for _, t := range tasks {
		all = append(all, *t.Media)
	}
	return all
}

// settled is the batch of a download.
func settled(m archive.Media, file archive.File, o archive.Outcome, step int) archive.Batch {
	b := archive.Batch{Settles: []archive.Settle{{Media: &m, Step: step, Outcome: o}}}
	if file.SHA256 != "" {
		b.Fetched = []archive.Fetched{{PostURI: m.PostURI, Source: m.Source(), File: file}}
	}
	return b
}

var (
	done       = archive.Outcome{State: archive.Done}
	shownFiles = "SELECT CAST(attachments AS text) FROM posts"
)

func TestAFileIsShownWhereItsAttachmentStands(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		r := f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a", "b")))
		if want := (archive.Lane{Kind: archive.TaskMedia, Owner: "cache.example"}); len(r.Settled[0].Wake) != 1 || r.Settled[0].Wake[0] != want {
			t.Errorf("wakes %v, want %v", r.Settled[0].Wake, want)
		}
		equal(t, f.column(shownFiles), []string{`[["","alt a"],["","alt b"]]`})
		m := f.media("cache.example")
		f.commit(settled(m[1], archive.File{SHA256: "s", Size: 3, Type: "image/png", Path: "media/x.png"}, done, 0))
		equal(t, f.column(shownFiles), []string{`[["","alt a"],["media/x.png","alt b"]]`})
		if left := f.media("cache.example"); len(left) != 1 || left[0].ID != "a" {
			t.Errorf("left %+v", left)
		}
	})
}

func TestTheSameBytesAreOneFile(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a", "b")))
		m := f.media("cache.example")
		one, two := archive.File{SHA256: "s", Path: "media/1.png"}, archive.File{SHA256: "s", Path: "media/2.png"}
		f.commit(settled(m[0], one, done, 0))
		r := f.commit(settled(m[1], two, done, 0))
		if len(r.Spare) != 1 || r.Spare[0] != "media/2.png" {
			t.Errorf("spare %v", r.Spare)
		}
		equal(t, f.column("SELECT path FROM files"), []string{"media/1.png"})
		equal(t, f.column(shownFiles), []string{`[["media/1.png","alt a"],["media/1.png","alt b"]]`})
	})
}

func TestAFileThatCameTwiceIsOneFile(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a")))
		m := f.media("cache.example")
		one, two := archive.File{SHA256: "s", Path: "media/1.png"}, archive.File{SHA256: "s", Path: "media/2.png"}
		r := f.commit(settled(m[0], one, done, 0), settled(m[0], two, done, 0))
		if held := f.column("SELECT path FROM files"); len(r.Spare) != 1 || len(held) != 1 || r.Spare[0] == held[0] {
			t.Errorf("spare %v of %v", r.Spare, held)
		}
	})
}

func TestTheNextAddressIsAnotherLane(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a")))
		m := f.media("cache.example")[0]
		gone := settled(m, archive.File{}, archive.Outcome{State: archive.Pending}, 1)
		gone.Settles[0].Gone = 1
		f.commit(gone)
		if len(f.media("cache.example")) != 0 {
			t.Error("still asked of the copy's host")
		}
		next := f.media("far.example")
		if len(next) != 1 || next[0].Step != 1 || next[0].Gone != 1 || next[0].Attempts != 0 {
			t.Fatalf("got %+v", next)
		}
		f.commit(settled(next[0], archive.File{}, archive.Outcome{State: archive.Refused, Reason: "404 there",
			NotBefore: f.now.Add(time.Hour)}, 1))
		equal(t, f.column(shownFiles), []string{`[["404 there","alt a"]]`})
		f.now = f.now.Add(2 * time.Hour)
		f.begin(rules())
		if m := f.media("cache.example"); len(m) != 1 || m[0].Step != 0 || m[0].Gone != 0 {
			t.Error("a refused file is not asked for again after its time")
		}
	})
}

func TestWhatIsSwitchedOffIsOpenedLater(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		none, own := rules(), rules()
		none.Own, none.Others = false, false
		own.Others = false
		f.begin(none)
		mine, others := withMedia("1", "a"), withMedia("2", "b")
		mine.Author = "Ana@home.example"
		mine.Media[0].Off, others.Media[0].Off = true, true
		f.commit(did(ana, archive.BaseFavourite, mine, others))
		f.begin(own)
		if m := f.media("cache.example"); len(m) != 1 || m[0].ID != "a" {
			t.Errorf("own only: got %+v", m)
		}
		f.begin(rules())
		if m := f.media("cache.example"); len(m) != 2 {
			t.Errorf("all: got %+v", m)
		}
		f.begin(none)
		if m := f.media("cache.example"); len(m) != 0 {
			t.Errorf("none: got %+v", m)
		}
	})
}

func TestAFileWithNewAddressesIsTriedAnew(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a")))
		m := f.media("cache.example")[0]
		f.commit(settled(m, archive.File{}, archive.Outcome{State: archive.Refused, Reason: "404"}, 1))
		again := withMedia("1", "a")
		again.JSON, again.Media[0].URL = []byte(`{"new":1}`), "https://fresh.example/a"
		f.commit(did(ana, archive.BaseFavourite, again))
		if m := f.media("fresh.example"); len(m) != 1 || m[0].Step != 0 {
			t.Errorf("got %+v", m)
		}
	})
}

func TestOnlyTheWinningVersionsMediaAreCurrent(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		late, early := withMedia("1", "b"), withMedia("1", "a")
		late.EditedAt, late.JSON = archive.At(f.now), []byte(`{"late":1}`)
		f.commit(did(ana, archive.BaseFavourite, late), did(bob, archive.BaseFavourite, early))
		equal(t, f.column("SELECT media_id FROM attachments WHERE position IS NOT NULL"), []string{"b"})
	})
}

func TestKeysAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		long := func(prefix string) string { // what can't be compressed, as Postgres' limit is after that
			random := rand.New(rand.NewPCG(1, 2))
			for len(prefix) < 8000 {
				prefix += strconv.FormatUint(random.Uint64(), 36)
			}
			return prefix
		}
		p := withMedia("1", "a")
		p.URI, p.URL, p.Author = long("https://far.example/1?"), long("https://far.example/2?"), long("zoe@")
		p.Media[0].RemoteURL = long("https://far.example/3?")
		p.References = []archive.Reference{{Chain: archive.ChainLink, Target: archive.Name(long("https://far.example/@a/1?"))}}
		f.commit(did(ana, archive.BaseFavourite, p))
		f.commit(did(bob, archive.BaseFavourite, p))
		equal(t, f.column("SELECT account FROM activities JOIN posts USING (post_uri)"), lines("ana@home.example\nbob@home.example"))
		equal(t, f.wants(), nil)
		m := f.media("cache.example")
		f.commit(settled(m[0], archive.File{SHA256: "s", Path: "media/1.png"}, done, 0))
		equal(t, f.column(shownFiles), []string{`[["media/1.png","alt a"]]`})
	})
}

func TestWhatAnEditTookAwayKeepsItsFile(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, withMedia("1", "a", "b")))
		m := f.media("cache.example")
		f.commit(settled(m[0], archive.File{SHA256: "s", Path: "media/1.png"}, done, 0))
		edited := withMedia("1", "b", "c")
		edited.EditedAt = archive.At(f.now)
		edited.JSON = []byte(`{"edited":true}`)
		f.commit(did(ana, archive.BaseFavourite, edited))
		equal(t, f.column(shownFiles), []string{`[["","alt b"],["","alt c"]]`})
		equal(t, f.column("SELECT media_id FROM attachments WHERE position IS NULL AND sha256 = 's'"), []string{"a"})
	})
}
