package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"lama/search"
	"lama/store"
)

// suggest answers with how a search may go on, as a list of searches in JSON.
func (r *Reader) suggest(w http.ResponseWriter, q *http.Request, v store.Viewer) error {
	figures, counted := r.figures.latest(viewerKey(v))
	if !counted { // who has come to no page of the reader yet can wait
		var err error
		if figures, err = r.figuresOf(q.Context(), v); err != nil {
			return err
		}
	}
	all, err := r.suggestions(q, v, q.URL.Query().Get("q"), figures)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(append([]string{}, all...))
}

// hints are suggestions for who has sent a search: what its last operator may be asked for. They wait for no figures.
func (r *Reader) hints(q *http.Request, v store.Viewer, query string) ([]Entry, error) {
	figures, _ := r.figures.latest(viewerKey(v))
	all, err := r.suggestions(q, v, query, figures)
	var hints []Entry
	for _, text := range all {
		if !strings.HasSuffix(text, ":") {
			hints = append(hints, Entry{Name: text, Path: searchPath(text, "date")})
		}
	}
	return hints, err
}

// suggestions name what is in the figures, which tell of nothing that the viewer may not see. They may be those of a
// moment ago: to count anew with each letter would take long.
func (r *Reader) suggestions(q *http.Request, v store.Viewer, query string, f store.Figures) ([]string, error) {
	accounts, err := r.Store.Accounts(q.Context(), v)
	if err != nil {
		return nil, err
	}
	return search.Suggest(query[:min(len(query), maxQuery)], func(operator string) []string {
		switch operator {
		case "from", "to":
			return names(f.Authors)
		case "tag":
			return names(f.Tags)
		case "language":
			return names(f.Languages)
		case "by":
			return accounts
		}
		return nil
	}), nil
}

// maxQuery is how long a search can be that the box takes, in characters.
const maxQuery = 500

func names(counts []store.Count) []string {
	all := make([]string, len(counts))
	for i, c := range counts {
		all[i] = c.Name
	}
	return all
}
