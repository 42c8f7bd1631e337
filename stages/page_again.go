package stages

import (
	"context"

	"lama/archive"
	"lama/mastodon"
)

// history asks for the versions of a post. Where the server has none to give, those that were seen are all.
func (s Session) history(ctx context.Context, w archive.Want, page *archive.Page) error {
	if s.Server.NoHistory {
		return nil
	}
	_, id, _ := w.Name.ID()
	versions, err := s.Client.History(ctx, id)
	for _, v := range versions {
		page.Statuses = append(page.Statuses, archive.Raw{JSON: v, Want: w.Name})
	}
	return err
}

// young says whether a walk goes on through what is known: it has not come down to the posts that are old enough.
func young(w *archive.Walk, list mastodon.List) bool {
	if w.DownTo.IsZero() || len(list.Items) == 0 {
		return !w.DownTo.IsZero()
	}
	s, _ := mastodon.DecodeStatus(list.Items[len(list.Items)-1])
	return archive.ParseTime(s.CreatedAt).After(w.DownTo.Time)
}
