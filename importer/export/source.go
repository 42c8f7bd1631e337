package export

import (
	"context"
	"iter"

	"lama/archive"
	"lama/importer"
	"lama/stages"
)

// Source is the export as the importer takes it; the view is that of its account.
func (e *Export) Source(v stages.View) importer.Source { return source{e, v} }

type source struct {
	export *Export
	view   stages.View
}

// All is not known: an export says how many posts its account has had, not how many it holds.
func (s source) All() int64 { return 0 }

func (s source) Items(ctx context.Context) iter.Seq2[importer.Item, error] {
	return func(yield func(importer.Item, error) bool) {
		for i := range s.export.Items() {
			if !yield(s.item(ctx, i), ctx.Err()) {
				return
			}
		}
	}
}

func (s source) item(ctx context.Context, i Item) importer.Item {
	item := importer.Item{Where: i.Where}
	item.Account = s.view.Account.Name()
	switch {
	case i.Refused != nil:
		item.Refused = []string{i.Refused.Error()}
		return item
	case i.Claim != nil:
		item.Claims = []archive.Claim{*i.Claim}
		return item
	}
	batch, err := importer.Shown(ctx, s.view, archive.Statuses, i.Status, archive.FromExport)
	if err != nil {
		item.Refused = []string{err.Error()}
		return item
	}
	item.Batch = batch
	for n := range item.Posts {
		if item.Posts[n].URI == i.URI {
			item.Posts[n].Received = i.Received
		}
	}
	for _, f := range i.Files {
		local := stages.Local{Path: f.Path, Open: f.Open}
		item.Files = append(item.Files, importer.File{PostURI: i.URI, Source: f.Source, Local: local})
	}
	return item
}
