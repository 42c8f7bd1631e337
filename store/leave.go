package store

import (
	"fmt"
	"strings"
)

// Leave is what may leave the household: of what a viewer may see, the posts that are for so many anyway, and what hangs
// on none but these. The zero Leave lets nothing out.
type Leave struct {
	Visibilities []string // of posts; a boost leaves where what it boosts has one of these too
	Doings       bool     // tell also what accounts favourited, bookmarked, were told and voted on, which nobody else was shown
}

// open is the condition that a post has a visibility with which it may leave.
func (l *Leave) open(alias string) string {
	quoted := make([]string, len(l.Visibilities))
	for i, v := range l.Visibilities {
		quoted[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	if len(quoted) == 0 {
		return "FALSE"
	}
	return alias + ".visibility IN (" + strings.Join(quoted, ", ") + ")"
}

// post is the condition that post p may leave. What a boost boosts is no boost: one that is leads nowhere.
func (l *Leave) post(p string) string {
	return fmt.Sprintf(`(%s AND (%s.reblog IS NULL OR (
    SELECT 1 FROM posts o WHERE o.post_uri = %s.reblog AND o.reblog IS NULL AND %s LIMIT 1) IS NOT NULL))`,
		l.open(p), p, p, l.open("o"))
}

// activity is the condition that activity a, which is of post p, may leave.
func (l *Leave) activity(a, p string) string {
	if l.Doings {
		return l.post(p)
	}
	return "(" + l.post(p) + " AND " + fmt.Sprintf(shared, a, p, l.open(p), l.open("o")) + ")"
}

// parent is what post p replies to, where that may leave too.
func (l *Leave) parent(p string) string {
	return fmt.Sprintf(`(SELECT q.post_uri FROM refs r JOIN posts q ON q.post_uri = r.target_uri
    WHERE r.post_uri = %s.post_uri AND r.chain = 'parent' AND %s LIMIT 1)`, p, l.post("q"))
}
