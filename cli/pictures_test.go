package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lama/mastodon/mastodontest"
	"lama/store/storetest"
)

// pictures are the rows of pictures: address, type, state, the file's path.
func (h *house) pictures() [][]string {
	h.t.Helper()
	return storetest.Query(h.t, h.database, `SELECT a.source, a.type, a.state, COALESCE(f.path, ''), COALESCE(f.type, '')
FROM attachments a LEFT JOIN files f ON f.sha256 = a.sha256 WHERE a.post_uri = '' ORDER BY a.source`)
}

// expectPictures checks that each picture is here as its server has it, and was asked for once.
func (h *house) expectPictures() {
	h.t.Helper()
	kinds := map[string]int{}
	log := h.world.Log()
	for _, p := range h.pictures() {
		address, state, path := p[0], p[2], p[3]
		kinds[p[1]]++
		host, file, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
		if n := len(log.On(host).To("/" + file)); n != 1 || state != "done" {
			h.t.Errorf("%s is %s after %d requests", address, state, n)
			continue
		}
		got, err := os.ReadFile(filepath.Join(h.userDir(), "data", path))
		if want := contentOf(h.t, address); err != nil || !bytes.Equal(got, want) {
			h.t.Errorf("%s is not what is at %s: %d bytes, want %d (%v)", path, address, len(got), len(want), err)
		}
	}
	if kinds["avatar"] < 5 || kinds["emoji"] == 0 || kinds["card"] == 0 {
		h.t.Errorf("too few pictures: %v", kinds)
	}
}

func contentOf(t *testing.T, address string) []byte {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Each picture is asked for once, however many posts show it. An avatar that changes is another; the old one stays.
func TestPicturesAreArchivedOnce(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, database(t), 1, 4, func(m *mastodontest.Mix) { m.Calm = true })
			h.lama(0)
			h.expectPictures()
			before := h.pictures()
			h.world.ForgetLog()
			h.lama(0, "run")
			if n := len(h.world.Log().Media()); n > 0 {
				t.Errorf("a second run asks for %d files", n)
			}
			ana := h.members[0]
			ana.Portray("in_a_hat")
			ana.Say(day(900), "new hat")
			h.lama(0, "run")
			after := h.pictures()
			fresh := slices.DeleteFunc(slices.Clone(after), func(row []string) bool {
				return slices.ContainsFunc(before, func(old []string) bool { return slices.Equal(old, row) })
			})
			if len(fresh) != len(after)-len(before) || len(fresh) == 0 || fresh[0][2] != "done" || !strings.Contains(fresh[0][0], "in_a_hat") {
				t.Errorf("the new avatar made %v of %d", fresh, len(after))
			}
			h.lama(0, "verify")
		})
	}
}

// Whatever stands at the address of a picture, a run ends well, and only an image is kept.
func TestHostilePictures(t *testing.T) {
	h := byHand(t, only(t, "sqlite")(t), []mastodontest.Software{mastodontest.Mastodon45},
		func(_ *mastodontest.World, at []*mastodontest.Instance) []*mastodontest.Person {
			ana := at[0].Person("ana")
			for n, name := range []string{"drawing", "page", "gone", "endless"} {
				p := at[0].Person(name)
				p.Portray(name)
				ana.Favourite(day(20), p.Say(day(n+1), "look at my avatar"))
			}
			return []*mastodontest.Person{ana}
		})
	at := h.world.Instances()[0]
	for name, fault := range map[string]mastodontest.Fault{
		"drawing": mastodontest.Drawing(), "page": mastodontest.HTML(), "gone": mastodontest.Status(404, ""),
		"endless": mastodontest.Endless(),
	} {
		at.Break(mastodontest.Rule{Prefix: at.AvatarPath(at.Person(name))}, fault)
	}
	h.lama(0)
	got := map[string]string{}
	for _, p := range h.pictures() {
		got[strings.TrimSuffix(filepath.Base(p[0]), ".png")] = p[2] + " " + p[4]
	}
	for name, want := range map[string]string{"drawing": "done image/svg+xml", "page": "pending ", "gone": "refused ", "endless": "refused "} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	h.world.ForgetLog()
	h.lama(0, "run")
	if n := len(h.world.Log().Media()); n > 0 {
		t.Errorf("a run at once asks for %d of them again", n)
	}
}
