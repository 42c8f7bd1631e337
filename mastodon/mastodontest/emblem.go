package mastodontest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// Where an instance has the pictures that belong to no post, as Mastodon does.
const (
	avatarPath = "/system/accounts/avatars/"
	emojiPath  = "/system/custom_emojis/"
	cardPath   = "/system/cache/preview_cards/images/"
	nonePath   = "/avatars/original/" // what who has no avatar has
)

// Portray gives the person an avatar; its address has this name. An empty one takes it away.
func (p *Person) Portray(name string) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.avatar = name
}

// AvatarPath is the path under which the instance serves the person's avatar: for [Rule] and [Log.To].
func (i *Instance) AvatarPath(p *Person) string {
	i.world.mu.RLock()
	defer i.world.mu.RUnlock()
	return strings.TrimPrefix(view{inst: i}.avatarOf(p), i.BaseURL())
}

// avatarOf is the address of a person's avatar, or of the instance's copy of it.
func (v view) avatarOf(p *Person) string {
	if p.avatar == "" {
		return v.inst.BaseURL() + nonePath + "missing.png"
	}
	return v.inst.BaseURL() + avatarPath + v.inst.accounts.ids[p] + "/static/" + p.avatar + ".png"
}

func (v view) emojis(names []string) list {
	return listOf(names, func(name string) any {
		base := v.inst.BaseURL() + emojiPath + name
		return object{{"shortcode", name}, {"url", base + ".gif"}, {"static_url", base + ".png"}, {"visible_in_picker", true}}
	})
}

// cardImage is the address of the image of a page.
func (v view) cardImage(link string) string {
	return fmt.Sprintf("%s%s%016x.png", v.inst.BaseURL(), cardPath, hash(link))
}

// emblem answers a request for an avatar, an emoji or the image of a card: each path has its own, always the same.
func emblem(w http.ResponseWriter, r *http.Request) {
	name := hash(r.URL.Path)
	w.Header().Set("Content-Type", types["png"])
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, name))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(picture("png", rand.New(rand.NewPCG(name, 0)))))
}

// Drawing answers with an SVG that would run a script.
func Drawing() Fault {
	return answering(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		send(w, http.StatusOK, []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`))
	})
}
