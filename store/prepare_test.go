package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/store/storetest"
)

// strange draws a version of a post, with what is not stored as it came.
func strange(random *rand.Rand, number int) archive.Post {
	text := []string{"words of a post", "NUL \x00 here", "no UTF-8 \xff", "日本語の投稿", ""}[random.IntN(5)]
	id := fmt.Sprint(number)
	p := post([]string{"home.example", "away.example"}[random.IntN(2)], id)
	p.Content, p.SpoilerText, p.Language = text, []string{"", "warning \x00"}[random.IntN(2)], []string{"", "en", "ja"}[random.IntN(3)]
	p.Hashtags, p.PollOptions = []string{"tag" + id}[:random.IntN(2)], []string{"yes\x00", "no"}[:random.IntN(3)]
	if edit := random.IntN(4); edit > 0 {
		p.EditedAt = archive.ParseTime(fmt.Sprintf("2026-02-0%dT00:00:00Z", edit))
	}
	if random.IntN(3) == 0 {
		p.Media = []archive.Attachment{{ID: id, Type: "image", Alt: "a picture " + text, URL: "https://files.example/" + id}}
	}
	p.JSON = fmt.Appendf(nil, `{"id":"%s","content":"%s","account":{"display_name":"Zoë \ud800","avatar":"https://files.example/zoe/%s.png"},"card":null}`,
		id, strings.ReplaceAll(text, "\x00", `\u0000`), id)
	return p
}

// What is prepared is written as what is not.
func TestPreparedOrNotTheArchiveIsTheSame(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) { prepareOrNot(t, []string{fresh(t), fresh(t)}) })
	}
}

func prepareOrNot(t *testing.T, urls []string) {
	random := rand.New(rand.NewPCG(3, 4))
	stores := []*fixture{open(t, urls[0]), open(t, urls[1])}
	for n := range 20 {
		var posts []archive.Post
		for range 1 + random.IntN(60) {
			posts = append(posts, strange(random, random.IntN(90)))
		}
		for id := range 90 * (n / 19) { // in the end all at once are edited
			p := strange(random, id)
			p.EditedAt = archive.ParseTime("2026-03-01T00:00:00Z")
			posts = append(posts, p)
		}
		b := did(ana, archive.BaseFavourite, posts...)
		stores[0].commit(b)
		b.Lane = archive.Lane{Kind: archive.TaskPosts, Owner: ana.Name()}
		prepared, err := stores[1].Prepare(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		stores[1].commit(prepared)
	}
	for _, table := range []string{"posts", "revisions", "attachments", "aliases", "activities"} {
		want, got := storetest.Query(t, urls[0], "SELECT * FROM "+table), storetest.Query(t, urls[1], "SELECT * FROM "+table)
		for _, rows := range [][][]string{want, got} { // as they are on the disk, they may be in another order
			slices.SortFunc(rows, slices.Compare[[]string])
		}
		if d := cmp.Diff(want, got); d != "" || len(want) == 0 {
			t.Errorf("%s: -want +got:\n%s", table, d)
		}
	}
	for _, f := range stores {
		equal(t, f.indexDamage(false, false), nil)
	}
}

// What probably is new is drafted, and not made a second time; of what the archive probably has nothing is.
func TestWhatIsProbablyNewIsDrafted(t *testing.T) {
	page := func(next string, downTo archive.Time) archive.Batch {
		return archive.Batch{Lane: archive.Lane{Kind: archive.TaskPage}, Walk: &archive.Walk{Next: next, DownTo: downTo}}
	}
	onEach(t, func(t *testing.T, f *fixture) {
		for n, test := range []struct {
			batch   archive.Batch
			drafted bool
		}{
			{page("https://home.example/api/v1/favourites?max_id=7", archive.Time{}), true},
			{page("", archive.Time{}), false},
			{page("https://home.example/api/v1/favourites?max_id=7", archive.ParseTime("2026-01-01T00:00:00Z")), false},
			{archive.Batch{Lane: archive.Lane{Kind: archive.TaskPosts}}, true},
			{archive.Batch{Lane: archive.Lane{Kind: archive.TaskSearch}}, true},
			{archive.Batch{Lane: archive.Lane{Kind: archive.TaskAgain}}, false},
			{archive.Batch{Lane: archive.Lane{Kind: archive.TaskRewalk}, Walk: &archive.Walk{Next: "x"}}, false},
		} {
			b := did(ana, archive.BaseFavourite, post("home.example", fmt.Sprint(n)))
			test.batch.Posts = b.Posts
			prepared, err := f.Prepare(t.Context(), test.batch)
			if err != nil {
				t.Fatal(err)
			}
			prepared.Posts[0].Content = "changed since"
			b.Posts = prepared.Posts
			f.commit(b)
			want := "changed since"
			if test.drafted {
				want = fmt.Sprint("post ", n)
			}
			equal(t, f.column(fmt.Sprintf("SELECT content FROM posts WHERE post_id = '%d'", n)), []string{want})
		}
	})
}
