package store

import (
	"context"
	"fmt"
	"hash/maphash"

	"github.com/tidwall/gjson"

	"lama/archive"
)

// addresses is a set of the addresses of pictures, of which it knows no more than a hash of 64 bits: an archive of 300,000
// posts shows as many as take a few MB. Two that have the same hash keep a picture for too long at worst.
type addresses struct {
	seed maphash.Seed
	in   map[uint64]struct{}
}

func newAddresses() addresses { return addresses{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (a addresses) add(address string) { a.in[maphash.String(a.seed, address)] = struct{}{} }

func (a addresses) has(address string) bool {
	_, ok := a.in[maphash.String(a.seed, address)]
	return ok
}

// without are the addresses that are not in the set, sorted.
func (a addresses) without(some map[string]string) (left []string) {
	for _, address := range sortedKeys(some) {
		if !a.has(address) {
			left = append(left, address)
		}
	}
	return left
}

// shownPictures are the pictures that posts show which stay when an account is forgotten.
func (s *Store) shownPictures(ctx context.Context, account string) (addresses, error) {
	shown := newAddresses()
	err := s.eachPage(ctx, account, stays, func(t tx, posts [][]any) error {
		all, err := picturesOfAll(ctx, t, posts)
		for address := range all {
			shown.add(address)
		}
		return err
	})
	return shown, err
}

// eachPage goes through the posts for which a rule is true, some in each transaction: their URIs.
func (s *Store) eachPage(ctx context.Context, account, rule string, each func(t tx, posts [][]any) error) error {
	sql := fmt.Sprintf("SELECT p.post_uri FROM posts p WHERE p.post_uri > $2 AND %s ORDER BY p.post_uri LIMIT %d", rule, forgetAtOnce)
	for after := any(""); ; {
		var posts [][]any
		err := s.read(ctx, func(t tx) (err error) {
			posts, err = collect(ctx, t, func(r rows) ([]any, error) {
				var uri string
				err := r.Scan(&uri)
				return []any{uri}, err
			}, sql, account, after)
			if err != nil || len(posts) == 0 {
				return err
			}
			return each(t, posts)
		})
		if err != nil || len(posts) == 0 {
			return err
		}
		after = posts[len(posts)-1][0]
	}
}

// picturesOfAll are the addresses of the pictures that posts show, in any version; posts begin with their URIs.
func picturesOfAll(ctx context.Context, t tx, posts [][]any) (map[string]string, error) {
	all, among := map[string]string{}, t.among(t.list(1, 1))
	for _, table := range []string{"posts", "revisions"} {
		_, err := collect(ctx, t, func(r rows) (string, error) {
			var json string
			err := r.Scan(&json)
			for address, kind := range picturesOf(excerptOf(gjson.Parse(json))) {
				all[address] = kind
			}
			return "", err
		}, "SELECT CAST(json AS text) FROM "+table+" WHERE post_uri "+among, list(posts))
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// forgetPictures removes the pictures that posts show which are about to go, and no other shows. One that none shows any
// more, as an avatar of before, stays: nothing tells on whose account it is here.
func forgetPictures(ctx context.Context, t tx, posts [][]any, shown addresses) error {
	all, err := picturesOfAll(ctx, t, posts)
	if err != nil {
		return err
	}
	gone := shown.without(all)
	if len(gone) == 0 {
		return nil
	}
	return t.exec(ctx, "DELETE FROM attachments WHERE post_uri = '' AND source "+t.among(t.list(1, 1)), listOf(gone))
}

// addPictures counts the pictures, and their files, that only an account's own posts show.
func (s *Store) addPictures(ctx context.Context, account string, a *Alone) error {
	shown, err := s.shownPictures(ctx, account)
	if err != nil {
		return fmt.Errorf("read which pictures others show than %s: %w", account, err)
	}
	gone := newAddresses()
	err = s.eachPage(ctx, account, alone, func(t tx, posts [][]any) error {
		all, err := picturesOfAll(ctx, t, posts)
		if err != nil {
			return err
		}
		here, err := collect(ctx, t, scanString, "SELECT source FROM attachments WHERE post_uri = '' AND source "+
			t.among(t.list(1, 1)), listOf(shown.without(all)))
		for _, address := range here {
			gone.add(address)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("count the pictures that only %s has: %w", account, err)
	}
	a.Rows += int64(len(gone.in))
	return s.addPictureFiles(ctx, account, gone, a)
}

// addPictureFiles counts the files that only pictures have which go.
func (s *Store) addPictureFiles(ctx context.Context, account string, gone addresses, a *Alone) error {
	for after := ""; ; {
		var files []archive.File
		kept := map[string]bool{}
		err := s.read(ctx, func(t tx) (err error) {
			files, err = collect(ctx, t, scanFile, fmt.Sprintf(`SELECT f.sha256, f.size, f.type, f.path FROM files f
WHERE f.sha256 > $2 AND (SELECT 1 FROM attachments m WHERE m.post_uri = '' AND m.sha256 = f.sha256 LIMIT 1) IS NOT NULL
AND %s ORDER BY f.sha256 LIMIT %d`, unheld, forgetAtOnce), account, after)
			if err != nil || len(files) == 0 {
				return err
			}
			kept, err = keptFiles(ctx, t, files, gone)
			return err
		})
		if err != nil || len(files) == 0 {
			return err
		}
		for _, f := range files {
			if !kept[f.SHA256] {
				a.Files, a.Bytes, a.Rows = a.Files+1, a.Bytes+f.Size, a.Rows+1
			}
		}
		after = files[len(files)-1].SHA256
	}
}

// keptFiles are those, by their SHA-256, that a picture has which does not go.
func keptFiles(ctx context.Context, t tx, files []archive.File, gone addresses) (map[string]bool, error) {
	kept := map[string]bool{}
	_, err := collect(ctx, t, func(r rows) (string, error) {
		var sum, address string
		err := r.Scan(&sum, &address)
		kept[sum] = kept[sum] || !gone.has(address)
		return "", err
	}, "SELECT sha256, source FROM attachments WHERE post_uri = '' AND sha256 "+t.among(t.list(1, 1)), listOf(sumsOf(files)))
	return kept, err
}
