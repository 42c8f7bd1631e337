package mastodontest

import (
	"net/http"
	"strings"
)

// Rule says which requests of an instance a fault meets.
type Rule struct {
	Prefix string // of the path; empty: any
	First  int    // the first of the matching requests that it meets, from 1; 0 is 1
	Times  int    // how many it meets; 0: all that follow
	Each   bool   // First and Times count the requests of each path by themselves
}

// rule is a fault in force.
type rule struct {
	Rule
	fault Fault
	seen  map[string]int // requests that matched, by path where the rule counts so
}

// Break lets a fault meet the requests of a rule; mend ends that. Of several the first that matches is met.
func (i *Instance) Break(where Rule, fault Fault) (mend func()) {
	r := &rule{Rule: where, fault: fault, seen: make(map[string]int)}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = append(i.rules, r)
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		r.fault = nil
	}
}

// Down lets the instance refuse connections, or take them back. In memory dialling fails; on a real listener the
// connection is closed without an answer.
func (i *Instance) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

func (i *Instance) isDown() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.down
}

// met is the fault that a request meets; nil for none.
func (i *Instance) met(r *http.Request) Fault {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, rule := range i.rules {
		if rule.fault == nil || !strings.HasPrefix(r.URL.Path, rule.Prefix) {
			continue
		}
		if rule.meets(r.URL.Path) {
			return rule.fault
		}
	}
	return nil
}

// meets counts a request that matches and says whether it is one of those that the fault meets.
func (r *rule) meets(path string) bool {
	if !r.Each {
		path = ""
	}
	r.seen[path]++
	first := max(r.First, 1)
	return r.seen[path] >= first && (r.Times == 0 || r.seen[path] < first+r.Times)
}

// faulty lets requests meet their faults.
func (i *Instance) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch fault := i.met(r); {
		case i.isDown():
			panic(http.ErrAbortHandler) // closes the connection
		case fault != nil:
			fault(next).ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
