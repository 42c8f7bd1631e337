package store

import (
	"context"
	"fmt"

	"lama/archive"
)

// OneFile is a file in the data folder.
type OneFile struct {
	Path    string // relative to the data folder
	Type    string // of its bytes
	Size    int64
	SavedAt archive.Time
}

// File finds a file by the SHA-256 of its content (hexadecimal), if the viewer may see a post that has it, or has the
// [Picture.Pass] that came with a post. Else it is nil.
func (s *Store) File(ctx context.Context, v Viewer, sum, pass string) (*OneFile, error) {
	var found []OneFile
	if v.holds(pass, sum) {
		v = Household()
	}
	err := s.engine.read(ctx, func(t tx) (err error) {
		found, err = collect(ctx, t, func(r rows) (f OneFile, err error) {
			return f, r.Scan(&f.Path, &f.Type, &f.Size, scanTime{&f.SavedAt})
		}, fmt.Sprintf(`SELECT f.path, f.type, f.size, f.saved_at FROM files f WHERE f.sha256 = $1 AND (
    SELECT 1 FROM attachments a LEFT JOIN posts p ON p.post_uri = a.post_uri WHERE a.sha256 = f.sha256 AND %s LIMIT 1) IS NOT NULL`,
			v.in(t, 2).sees("p")), append([]any{clean(sum)}, v.args()...)...)
		return err
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
