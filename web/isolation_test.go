package web_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lama/archive"
	"lama/web"
)

// secret is a post with a canary in every field that tells something, a file with one, and what one finds it by. The first
// two are its tag and its language, the next two stand in its text.
type secret struct {
	post     archive.Post
	canaries []string
	sum      string   // of its file
	sums     []string // of the pictures that it shows
}

// newSecret makes a post of somebody that only the account that has it may know of.
func (f *fixture) newSecret(a archive.Account, base archive.Base, author, id, visibility string) *secret {
	s := &secret{}
	canary := func() string {
		c := "canary" + strings.ToLower(rand.Text()[:12])
		s.canaries = append(s.canaries, c)
		return c
	}
	tag, language := canary(), canary()
	text, code := "<p>"+canary()+` <a href="https://far.example/`+canary()+`">link</a></p>`, canary()
	pictures := map[string]string{}
	shows := func() string {
		address := "https://pic.example/" + canary()
		pictures[address] = canary()
		return address
	}
	s.post = picture(status(author, id, visibility, map[string]any{
		"content": text, "spoiler_text": canary(),
		"account": map[string]any{"username": "u", "display_name": canary() + " :" + code + ":", "note": canary(), "avatar": shows(),
			"emojis": []any{map[string]any{"shortcode": code, "url": shows()}},
			"fields": []any{map[string]any{"name": canary(), "value": canary()}}},
		"poll":  map[string]any{"options": []any{map[string]any{"title": canary()}}, "own_votes": []any{0}},
		"tags":  []any{map[string]any{"name": tag, "url": "https://far.example/tags/" + tag}},
		"card":  map[string]any{"url": "https://far.example/" + canary(), "title": canary(), "description": canary(), "image": shows()},
		"extra": canary(), "language": language,
	}), "image", canary())
	s.post.Hashtags, s.post.Content, s.post.Language = []string{tag}, canary(), language
	f.did(a, base, s.post)
	s.sum = f.download(s.post, "image/png", canary())
	for address, content := range pictures {
		s.sums = append(s.sums, f.hang(address, "image/png", content))
	}
	return s
}

// routesOf are the addresses at which an object could be found, one for each of the reader's own patterns.
func routesOf(f *fixture, s *secret) []string {
	var all []string
	for _, pattern := range f.reader.Patterns() {
		path := strings.TrimPrefix(pattern, "GET ")
		path = strings.NewReplacer("{$}", "", "{handle}", url.PathEscape(s.post.Author), "{tag}", s.post.Hashtags[0],
			"{sum}", s.sum).Replace(path)
		all = append(all, path, at(path, "uri", s.post.URI), at(path, "uri", s.post.URL))
		for _, in := range []string{"", "posts", "boosts", "favourites", "bookmarks", "mentions", "polls"} {
			all = append(all, path+"?"+url.Values{"in": {in}, "by": {ana.Name()}}.Encode())
		}
		for _, canary := range s.canaries {
			all = append(all, at(path, "q", canary), at(path, "q", `has:image "`+canary+`"`))
		}
		for _, operator := range []string{"from:", "to:", "by:", "tag:", "language:", "tag:can", "language:can"} {
			all = append(all, at(path, "q", operator))
		}
	}
	return all
}

func TestNobodySeesWhatIsAnothers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		secrets := f.secrets()
		public := status("ana@home.example", "20", "public", nil)
		f.did(ana, archive.BasePost, public, replyTo(status("ana@home.example", "21", "public", nil), secrets[0].post))
		f.did(bob, archive.BasePost, status("bob@home.example", "30", "public", map[string]any{
			"account": map[string]any{"avatar": "https://pic.example/bob"}}))
		f.hang("https://pic.example/bob", "image/png", "the face of bob")
		for _, s := range secrets {
			asked := routesOf(f, s)
			asked = append(asked, at("/post", "uri", public.URI))
			for _, path := range append(f.picturesOf(s), f.bobsPass(s)...) {
				f.page("bob", http.StatusNotFound, path)
			}
			for _, path := range asked {
				r := f.ask("bob", path)
				body, _ := io.ReadAll(r.Body)
				answer := fmt.Sprint(string(body), r.Header)
				for _, canary := range s.canaries {
					if strings.Contains(path, canary) { // a page repeats what it was asked for
						answer = strings.ReplaceAll(answer, canary, "")
					}
					if strings.Contains(answer, canary) {
						t.Errorf("bob finds %s of %s at %s", canary, s.post.URI, path)
					}
				}
			}
			f.page("bob", http.StatusNotFound, at("/post", "uri", s.post.URI))
			f.page("bob", http.StatusNotFound, at("/raw", "uri", s.post.URI))
			f.page("bob", http.StatusNotFound, "/media/"+s.sum)
			f.foundByAna(s)
		}
	})
}

// passed is the path of a picture on a page.
var passed = regexp.MustCompile(`/media/([0-9a-f]{64})\?pass=([\w-]+)`)

// picturesOf are the paths at which ana has the pictures of a secret.
func (f *fixture) picturesOf(s *secret) (paths []string) {
	f.t.Helper()
	posts, err := f.store.Posts(f.t.Context(), viewers["ana"], []string{s.post.URI})
	if err != nil || len(posts) != 1 || len(posts[0].Pictures) != len(s.sums) {
		f.t.Fatalf("ana has not all pictures of %s: %v (%v)", s.post.URI, posts, err)
	}
	for _, p := range posts[0].Pictures {
		paths = append(paths, web.Routes{}.PicturePath(p))
	}
	return paths
}

// bobsPass are those pictures as bob might ask for them: without a pass, and with one that he has for another picture.
func (f *fixture) bobsPass(s *secret) (paths []string) {
	f.t.Helper()
	pass := passed.FindStringSubmatch(f.page("bob", http.StatusOK, "/timeline"))
	if pass == nil {
		f.t.Fatal("bob is shown no picture at all")
	}
	f.page("bob", http.StatusOK, pass[0])
	for _, sum := range s.sums {
		paths = append(paths, "/media/"+sum, "/media/"+sum+"?pass="+pass[2])
	}
	return paths
}

// foundByAna checks that the canaries sing: who may see them does.
func (f *fixture) foundByAna(s *secret) {
	f.t.Helper()
	page := f.page("ana", http.StatusOK, at("/post", "uri", s.post.URI)) + f.page("ana", http.StatusOK, at("/raw", "uri", s.post.URI)) +
		f.page("ana", http.StatusOK, "/media/"+s.sum)
	for _, path := range f.picturesOf(s) {
		page += f.page("ana", http.StatusOK, path)
	}
	for _, canary := range s.canaries {
		if !strings.Contains(page, canary) && !strings.Contains(s.post.Content, canary) {
			f.t.Errorf("ana does not find %s of %s", canary, s.post.URI)
		}
	}
}

// What the server told of the one who fetched is in the JSON for that one alone, wherever it stands in it.
func TestOthersJSONTellsNothingOfWhoAsked(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		own := []string{"favourited", "bookmarked", "reblogged", "muted", "pinned", "filtered", "own_votes", "voted", "pleroma",
			"quote_approval", "reblog", "quote", "relationship", "unheard_of"}
		extra := map[string]any{}
		for _, name := range own {
			extra[name] = "canary"
		}
		extra["poll"] = map[string]any{"options": []any{map[string]any{"title": "tea"}}, "voted": "canary", "own_votes": []any{"canary"}}
		extra["account"] = map[string]any{"display_name": "Ana", "mute_expires_at": "canary", "source": "canary"}
		p := status("ana@home.example", "10", "public", extra)
		f.did(ana, archive.BasePost, p)
		raw := at("/raw", "uri", p.URI)
		shows(t, f.page("bob", http.StatusOK, raw), `"Ana"`, `"tea"`)
		if page := f.page("bob", http.StatusOK, raw); strings.Contains(page, "canary") {
			t.Errorf("bob is told %s", page)
		}
		if page := f.page("ana", http.StatusOK, raw); page != string(p.JSON) {
			t.Errorf("ana is told %s, not what came", page)
		}
	})
}

// The reader counts what it may show and no more.
func TestCountsAreOfWhatIsSeen(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		f.did(ana, archive.BasePost, status("ana@home.example", "10", "public", nil), status("ana@home.example", "11", "private", nil))
		f.did(ana, archive.BaseFavourite, status("zoe@far.example", "12", "public", nil))
		for person, want := range map[string]string{"": "3", "ana": "3", "bob": "1"} {
			shows(t, f.page(person, http.StatusOK, "/"), "<b>"+want+"</b> in all")
			shows(t, f.page(person, http.StatusOK, "/statistics"), "Of the "+want+" posts")
		}
		if page := f.page("bob", http.StatusOK, "/statistics"); slices.Contains(strings.Fields(page), "zoe@far.example") {
			t.Error("bob's statistics name an author whom only ana favourited")
		}
	})
}
