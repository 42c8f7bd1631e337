package mastodontest

import "net/http"

// filter is a keyword filter with the action hide. The fake filters nothing with it: what is told is what counts.
type filter struct {
	title    string
	contexts []string
}

// Hide gives p a keyword filter that hides what it matches in the contexts.
func (p *Person) Hide(title string, contexts ...string) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.hides = append(p.hides, filter{title, contexts})
}

// Move makes other the account that p has moved to.
func (p *Person) Move(other *Person) {
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	p.moved = other
}

// keywordFilters answers /api/v2/filters: those that hide, and one that warns.
func (i *Instance) keywordFilters(v view, _ http.ResponseWriter, _ *http.Request) any {
	all := append([]filter{{"spoilers", []string{"home", "account"}}}, v.viewer.hides...)
	return listOf(all, func(f filter) any {
		action := "hide"
		if f.title == "spoilers" {
			action = "warn"
		}
		return object{{"id", f.title}, {"title", f.title}, {"context", f.contexts}, {"expires_at", nil},
			{"filter_action", action}, {"keywords", list{}}, {"statuses", list{}}}
	})
}

// statusesCount is what the instance counts. Mastodon leaves direct posts out (status.rb, increment_counter_caches).
func (v view) statusesCount(p *Person) int {
	n := len(p.posts)
	for _, post := range p.posts {
		if v.inst.software.mastodon() && post.visibility == "direct" {
			n--
		}
	}
	return n
}
