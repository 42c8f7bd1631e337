package store

import "slices"

// derived is what is made of several posts.
type derived struct {
	terms    [][]any                      // the rows of the index
	pictures map[string]map[string]string // of each post, by its URI, as [picturesOf] has them
}

// deriveAll makes of drafts what they do not have yet, beside what the transaction does meanwhile. The rows of the index are in
// the order of their places: FTS5 writes a segment of its own for each row that belongs before the last one.
func (s *Store) deriveAll(heads map[string]version, uris ...[]string) <-chan derived {
	made := make(chan derived, 1) // nobody may come for it
	go func() {
		all := derived{pictures: map[string]map[string]string{}}
		for _, uri := range slices.Concat(uris...) {
			v := heads[uri]
			one := v.draft.derivation
			if one == nil {
				one = s.derive(v)
			}
			if one.terms != nil {
				all.terms = append(all.terms, one.terms)
			}
			all.pictures[uri] = one.pictures
		}
		inPlace(all.terms)
		made <- all
	}()
	return made
}
