package store

import "slices"

// derived is what is made of posts beside what the transaction does meanwhile.
type derived struct {
	terms    <-chan [][]any                      // the rows of the index
	pictures <-chan map[string]map[string]string // of each, by its URI, as [picturesOf] has them
}

// derive begins with what is needed first. The rows of the index are in the order of their places: FTS5 writes a segment of its
// own for each row that belongs before the last one.
func derive(heads map[string]version, uris ...[]string) derived {
	terms, pictures := make(chan [][]any, 1), make(chan map[string]map[string]string, 1) // nobody may come for them
	go func() {
		var rows [][]any
		all := slices.Concat(uris...)
		for _, uri := range all {
			if d, ok := document(heads[uri].post); ok {
				rows = append(rows, []any{uri, secondsOf(heads[uri].created), lexemes(d.Terms())})
			}
		}
		inPlace(rows)
		terms <- rows
		shown := map[string]map[string]string{}
		for _, uri := range all {
			shown[uri] = picturesOf(heads[uri].post.JSON)
		}
		pictures <- shown
	}()
	return derived{terms, pictures}
}
