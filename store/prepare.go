package store

import (
	"context"
	"runtime"
	"sync"

	"github.com/tidwall/gjson"

	"lama/archive"
)

// draft is what a commit writes of a post, as far as it can be made without looking at the database.
type draft struct {
	row  []any  // of [insertPosts], in the driver's types
	json string // as it stands there
	*derivation
}

// derivation is what is made of a post's JSON. It may be made beside a transaction.
type derivation struct {
	terms    []any             // the row of the index, in the driver's types; nil where it has none
	pictures map[string]string // that it shows, as [picturesOf] has them
}

// Prepare drafts an answer's posts, so that a commit need not: that takes as long as writing them, and needs no turn. It does
// not draft what the archive probably has, as it has most of a collection's top page; a commit drafts what is missing.
func (s *Store) Prepare(_ context.Context, b archive.Batch) (archive.Batch, error) {
	for i := range b.Posts {
		runtime.Gosched() // as package pipeline says
		v := versionOf(&b.Posts[i])
		if bringsNew(b) {
			v.draft = s.draft(v, s.today())
			v.draft.derivation = s.derive(v)
		}
		b.Posts[i].Prepared = v
	}
	return b, nil
}

// bringsNew says whether the posts of an answer are probably new.
func bringsNew(b archive.Batch) bool {
	switch b.Lane.Kind {
	case archive.TaskPage:
		return b.Walk.Next != "" && b.Walk.DownTo.IsZero()
	case archive.TaskPosts, archive.TaskSearch:
		return true
	}
	return false
}

func (s *Store) draft(v version, now archive.Time) *draft {
	p := v.post
	json, verbatim := storablePost(p)
	return &draft{json: json, row: s.ready(
		indexable(p.URI), clean(p.ID), p.Instance, optional(clean(p.URL)), indexable(p.Author), clean(p.Visibility),
		optional(clean(p.Language)), optional(clean(p.SpoilerText)), clean(p.Content), jsonColumn(p.Hashtags),
		jsonColumn(p.Mentions), jsonColumn(p.Links), pendingAttachments(p.Media), jsonColumn(p.PollOptions),
		optional(indexable(p.Reblog)), p.CreatedAt, p.EditedAt, orElse(p.FetchedAt, now), optional(p.FetchedBy), p.AgainAt(now),
		p.Origin, v.hash, v.content, json, verbatim, optional(v.imported), p.RecheckAt(now),
	)}
}

// lists are for lexemes that become a value of the driver at once: a twelfth of a run's garbage were they.
var lists = sync.Pool{New: func() any { return new(lexemes) }}

func (s *Store) derive(v version) *derivation {
	var made derivation
	e := excerptOf(gjson.Parse(v.draft.json))
	if d, ok := documentOf(v.post, e); ok {
		l := lists.Get().(*lexemes)
		*l = d.AppendTerms((*l)[:0])
		made.terms = s.ready(indexable(v.post.URI), secondsOf(v.created), *l)
		clear(*l)
		lists.Put(l)
	}
	made.pictures = picturesOf(e)
	return &made
}

// ready is a row in the driver's types.
func (s *Store) ready(row ...any) []any {
	for i, v := range row {
		row[i] = s.engine.value(v)
	}
	return row
}
