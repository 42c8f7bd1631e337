package store

import (
	"context"
	"fmt"
	"time"

	"lama/archive"
)

// Stamp is equal as long as the archive is: what was computed from it is true that long.
type Stamp struct{ Posts, Activities, Runs, Ended int64 }

// Stamp reads the archive's. It changes with each commit that adds a post or an activity, and at the end of each run.
func (s *Store) Stamp(ctx context.Context) (stamp Stamp, err error) {
	err = s.engine.read(ctx, func(t tx) error {
		_, err := collect(ctx, t, func(r rows) (int, error) {
			return 0, r.Scan(&stamp.Posts, &stamp.Activities, &stamp.Runs, &stamp.Ended)
		}, `SELECT COALESCE((SELECT MAX(id) FROM posts), 0), COALESCE((SELECT MAX(id) FROM activities), 0),
COALESCE((SELECT MAX(id) FROM runs), 0), (SELECT count(*) FROM runs WHERE ended_at IS NOT NULL)`)
		return err
	})
	if err != nil {
		return stamp, fmt.Errorf("read whether the archive has changed: %w", err)
	}
	return stamp, nil
}

// Count is how many there are of something.
type Count struct {
	Name string
	N    int64
}

// Figures are what a viewer may know of the archive in numbers.
type Figures struct {
	Posts     int64
	First     archive.Time        // when the oldest was written
	Bases     map[string]int64    // posts by what was done with them
	Files     int64               // of these posts, each content once
	Authors   []Count             // all, the busiest first
	Tags      []Count             // the most used 500
	Languages []Count             // the most used 500
	Hours     map[time.Time]int64 // posts by the hour in which they were written
}

// Figures counts what the viewer may see. It reads the whole archive.
func (s *Store) Figures(ctx context.Context, v Viewer) (f Figures, err error) {
	f.Bases, f.Hours = map[string]int64{}, map[time.Time]int64{}
	err = s.engine.survey(ctx, func(t tx) error {
		for _, read := range []func(context.Context, tx, Viewer, string) error{
			f.readTotals, f.readBases, f.readAuthors, f.readTags, f.readLanguages, f.readHours,
		} {
			if err := read(ctx, t, v, s.engine.dialect()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Figures{}, fmt.Errorf("count what is in the archive: %w", err)
	}
	return f, nil
}

func (f *Figures) readTotals(ctx context.Context, t tx, v Viewer, _ string) error {
	_, err := collect(ctx, t, func(r rows) (int, error) { return 0, r.Scan(&f.Posts, scanTime{&f.First}, &f.Files) },
		fmt.Sprintf(`SELECT (SELECT count(*) FROM posts p WHERE %[1]s), (SELECT MIN(p.created_at) FROM posts p WHERE %[1]s),
(SELECT count(DISTINCT a.sha256) FROM attachments a JOIN posts p ON p.post_uri = a.post_uri WHERE a.sha256 IS NOT NULL AND %[1]s)`,
			v.in(t, 1).sees("p")), v.args()...)
	return err
}

func (f *Figures) readBases(ctx context.Context, t tx, v Viewer, _ string) error {
	counts, err := collect(ctx, t, scanCount, fmt.Sprintf(`SELECT a.base, count(DISTINCT a.post_uri) FROM activities a
JOIN posts p ON p.post_uri = a.post_uri WHERE a.chain = '' AND %s GROUP BY a.base`, v.in(t, 1).shows("a", "p")), v.args()...)
	for _, c := range counts {
		f.Bases[c.Name] = c.N
	}
	return err
}

func (f *Figures) readAuthors(ctx context.Context, t tx, v Viewer, _ string) (err error) {
	f.Authors, err = collect(ctx, t, scanCount, fmt.Sprintf(`SELECT p.author, count(*) FROM posts p
WHERE p.author <> '' AND p.reblog IS NULL AND %s GROUP BY p.author ORDER BY count(*) DESC, p.author`, v.in(t, 1).sees("p")), v.args()...)
	return err
}

// elements is a table of the members of a JSON column of p, by dialect.
var elements = map[string]string{"postgres": "json_array_elements_text(p.%s) AS e(value)", "sqlite": "json_each(p.%s) AS e"}

func (f *Figures) readTags(ctx context.Context, t tx, v Viewer, dialect string) (err error) {
	f.Tags, err = collect(ctx, t, scanCount, fmt.Sprintf(`SELECT LOWER(e.value), count(*) FROM posts p, %s
WHERE p.hashtags IS NOT NULL AND %s GROUP BY LOWER(e.value) ORDER BY count(*) DESC, LOWER(e.value) LIMIT 500`,
		fmt.Sprintf(elements[dialect], "hashtags"), v.in(t, 1).sees("p")), v.args()...)
	return err
}

func (f *Figures) readLanguages(ctx context.Context, t tx, v Viewer, _ string) (err error) {
	f.Languages, err = collect(ctx, t, scanCount, fmt.Sprintf(`SELECT p.language, count(*) FROM posts p
WHERE p.language <> '' AND %s GROUP BY p.language ORDER BY count(*) DESC, p.language LIMIT 500`, v.in(t, 1).sees("p")), v.args()...)
	return err
}

// seconds is the number of seconds of a moment, by dialect.
var seconds = map[string]string{"postgres": "EXTRACT(EPOCH FROM created_at)", "sqlite": "unixepoch(created_at)"}

// readHours counts by whole hours: days, months and times of the day follow from these wherever the reader lives, but
// where clocks differ by less than an hour.
func (f *Figures) readHours(ctx context.Context, t tx, v Viewer, dialect string) error {
	hour := fmt.Sprintf("CAST(FLOOR(%s / 3600) AS bigint)", seconds[dialect])
	_, err := collect(ctx, t, func(r rows) (n int64, err error) {
		var hour int64
		err = r.Scan(&hour, &n)
		f.Hours[time.Unix(hour*3600, 0).UTC()] += n
		return n, err
	}, fmt.Sprintf("SELECT %[1]s, count(*) FROM posts p WHERE p.created_at IS NOT NULL AND p.reblog IS NULL AND %[2]s GROUP BY %[1]s",
		hour, v.in(t, 1).sees("p")), v.args()...)
	return err
}

func scanCount(r rows) (c Count, err error) { return c, r.Scan(scanText{&c.Name}, &c.N) }
