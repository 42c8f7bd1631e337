package store

import (
	"slices"

	"github.com/tidwall/gjson"
)

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
		read := make([]gjson.Result, len(all))
		for i, uri := range all {
			read[i] = gjson.ParseBytes(heads[uri].post.JSON)
			if d, ok := documentOf(heads[uri].post, read[i]); ok {
				rows = append(rows, []any{uri, secondsOf(heads[uri].created), lexemes(d.Terms())})
			}
		}
		inPlace(rows)
		terms <- rows
		shown := map[string]map[string]string{}
		for i, uri := range all {
			shown[uri] = picturesOf(read[i])
		}
		pictures <- shown
	}()
	return derived{terms, pictures}
}
