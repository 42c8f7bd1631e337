package store_test

import (
	"slices"
	"testing"

	"lama/archive"
	"lama/store"
)

// named is a post with a URI of its own and a visibility.
func named(uri, visibility string, refs ...archive.Reference) archive.Post {
	p := post("home.example", uri, refs...)
	p.URI, p.URL, p.Visibility = uri, "", visibility
	p.JSON = []byte(`{"uri":"` + uri + `"}`)
	return p
}

// boost is a boost of a post.
func boost(uri, visibility string, of archive.Post) archive.Post {
	p := named(uri, visibility)
	p.Reblog, p.Content = of.URI, ""
	return p
}

// boosted is what an account's boosts bring.
func boosted(a archive.Account, wrapper, target archive.Post) archive.Batch {
	b := did(a, archive.BasePost, wrapper)
	of := did(a, archive.BaseReblog, target)
	b.Posts, b.Activities = append(b.Posts, of.Posts...), append(b.Activities, of.Activities...)
	return b
}

// household commits one post of bob for each way that one may come here.
func (f *fixture) household() {
	above := named("above", "public")
	f.commit(
		did(bob, archive.BasePost, named("public", "public"), named("unlisted", "unlisted"), named("private", "private"),
			named("direct", "direct"), named("reply", "public", parent("home.example", "above"))),
		shown(bob, above),
		boosted(bob, boost("a boost", "public", named("boosted", "public")), named("boosted", "public")),
		boosted(bob, boost("a quiet boost", "private", named("boosted quietly", "public")), named("boosted quietly", "public")),
		boosted(bob, boost("a boost of private", "public", named("boosted private", "private")), named("boosted private", "private")),
		did(bob, archive.BaseReblog, named("boosted without a trace", "public")),
		did(bob, archive.BaseFavourite, named("favourite", "public")),
		did(bob, archive.BaseBookmark, named("bookmark", "public")),
		did(bob, archive.BaseMention, named("mention", "public")),
		did(bob, archive.BasePoll, named("poll", "public")),
		did(ana, archive.BaseBookmark, named("ana's", "direct")),
		did(ana, archive.BaseFavourite, named("both's", "public")), did(bob, archive.BaseMention, named("both's", "public")),
	)
}

func TestWhoSeesWhat(t *testing.T) {
	owns := []string{"ana's", "both's"}
	open := []string{"public", "unlisted", "reply", "a boost", "boosted"}
	bobs := append([]string{"private", "direct", "above", "a quiet boost", "boosted quietly", "a boost of private", "boosted private",
		"boosted without a trace", "favourite", "bookmark", "mention", "poll", "both's"}, open...)
	of := func(own, other archive.Account, share bool) store.Viewer {
		return store.Viewer{Own: []string{own.Name()}, Others: []string{other.Name()}, SharePublic: share}
	}
	for _, c := range []struct {
		name   string
		viewer store.Viewer
		want   []string
	}{
		{"nobody", store.Viewer{}, nil},
		{"a person, and what the other did in public", of(ana, bob, true), slices.Concat(owns, open)},
		{"a person alone", of(ana, bob, false), owns},
		{"the other", of(bob, ana, true), bobs},
		{"who sits at the archive", store.Household(), append(slices.Clone(bobs), "ana's")},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, f *fixture) {
				f.household()
				got, err := f.Seen(t.Context(), c.viewer)
				if err != nil {
					t.Fatal(err)
				}
				slices.Sort(got)
				equal(t, got, slices.Clone(c.want))
			})
		})
	}
}

// An account is named to whom something that it did is shown: all that is here of another's may be what only it favourited.
func TestWhoseAccountsAreNamed(t *testing.T) {
	quiet := archive.Account{User: "cleo", Instance: "home.example"}
	onEach(t, func(t *testing.T, f *fixture) {
		f.household()
		f.commit(did(quiet, archive.BaseFavourite, named("quiet", "public")), did(quiet, archive.BasePost, named("whispered", "direct")))
		for _, c := range []struct {
			name   string
			viewer store.Viewer
			want   []string
		}{
			{"nobody", store.Viewer{}, nil},
			{"ana", store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name(), quiet.Name()}, SharePublic: true}, []string{ana.Name(), bob.Name()}},
			{"ana alone", store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name()}}, []string{ana.Name()}},
			{"cleo, whose post is direct", store.Viewer{Own: []string{quiet.Name()}}, []string{quiet.Name()}},
			{"who sits at the archive", store.Household(), []string{ana.Name(), bob.Name(), quiet.Name()}},
			{"everybody", store.Viewer{All: true, Leave: &store.Leave{}}, nil},
		} {
			names, err := f.Accounts(t.Context(), c.viewer)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("%s is told of %v, want %v", c.name, names, c.want)
			}
		}
	})
}

// Of a post that both have, one is not told what the other did with it in private.
func TestWhoIsShownWhichActivities(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.household()
		got, err := f.Shown(t.Context(), store.Viewer{Own: []string{ana.Name()}, Others: []string{bob.Name()}, SharePublic: true})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		equal(t, got, []string{
			"ana@home.example bookmark ana's", "ana@home.example favourite both's", "bob@home.example post a boost",
			"bob@home.example post public", "bob@home.example post reply", "bob@home.example post unlisted",
			"bob@home.example reblog boosted",
		})
	})
}
