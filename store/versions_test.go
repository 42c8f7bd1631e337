package store_test

import (
	"fmt"
	"testing"

	"lama/archive"
)

// edited is post 1 as it was made at an hour; at midnight it was posted. Each version has a file of its own.
func edited(hour int) archive.Post {
	p := post("home.example", "1")
	if hour > 0 {
		p.EditedAt = archive.ParseTime(fmt.Sprintf("2026-01-01T%02d:00:00Z", hour))
	}
	p.Content, p.JSON = fmt.Sprint("version ", hour), fmt.Appendf(nil, `{"hour":%d}`, hour)
	p.Media = []archive.Attachment{{URL: fmt.Sprintf("https://home.example/%d.png", hour)}}
	return p
}

// told is a version as a history tells it: the same text in other bytes.
func told(hour int) archive.Post {
	p := edited(hour)
	p.JSON = fmt.Appendf(nil, `{"told":%d}`, hour)
	return p
}

func TestAnEditOfAStoredPostWantsItsHistory(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, edited(1))) // edited before anybody looked: that is not asked
		if wants := f.reasks(ana, archive.TaskHistory); len(wants) > 0 {
			t.Fatalf("got %+v", wants)
		}
		f.commit(shown(bob, edited(4)))
		wants := f.reasks(bob, archive.TaskHistory)
		if len(wants) != 1 || wants[0].Name != "id:home.example/1" || string(wants[0].Head) != `{"hour":4}` {
			t.Fatalf("got %+v", wants)
		}
		f.commit(archive.Batch{Account: bob.Name(), Versions: []archive.Post{told(0), told(1), told(2), told(3), told(4)},
			Settles: []archive.Settle{{Want: wants[0], Outcome: done}}})
		equal(t, f.column("SELECT json FROM revisions"), lines("{\"hour\":1}\n{\"told\":0}\n{\"told\":2}\n{\"told\":3}"))
		equal(t, f.column("SELECT source || COALESCE(' ' || position, '') || ' ' || state FROM attachments"), lines(`
			https://home.example/0.png pending
			https://home.example/1.png pending
			https://home.example/2.png pending
			https://home.example/3.png pending
			https://home.example/4.png 0 pending`))
		if wants := f.reasks(bob, archive.TaskHistory); len(wants) > 0 {
			t.Errorf("got %+v", wants)
		}
		f.commit(shown(bob, edited(5))) // in the same run
		if wants := f.reasks(bob, archive.TaskHistory); len(wants) != 1 {
			t.Errorf("got %+v", wants)
		}
	})
}

func TestAVersionThatComesLateKeepsItsMedia(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(did(ana, archive.BaseFavourite, edited(3)))
		f.commit(did(cleo, archive.BaseFavourite, edited(1)))
		equal(t, f.column("SELECT json FROM revisions"), lines(`{"hour":1}`))
		equal(t, f.column("SELECT source FROM attachments WHERE position IS NULL"), lines("https://home.example/1.png"))
		if wants := f.reasks(cleo, archive.TaskHistory); len(wants) > 0 {
			t.Errorf("nothing was edited: %+v", wants)
		}
	})
}

func TestAHistoryOfNoPostIsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(archive.Batch{Account: ana.Name(), Versions: []archive.Post{told(0)}})
		equal(t, f.column("SELECT post_uri FROM revisions UNION SELECT post_uri FROM attachments"), nil)
	})
}

func TestAPostThatNothingExplainsLeavesNoVersions(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.commit(shown(ana, edited(0), edited(1)))
		equal(t, f.column("SELECT post_uri FROM revisions UNION SELECT post_uri FROM attachments UNION SELECT post_uri FROM posts"), nil)
	})
}
