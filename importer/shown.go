package importer

import (
	"context"

	"lama/archive"
	"lama/stages"
)

// Shown reads a status in the form of the API as if the account's server had shown it in one of the account's
// collections; an empty one makes posts alone. What it is called, refers to and has with it is then as it would be from a
// server. from says what it is imported from. It fails where nothing names the status.
func Shown(ctx context.Context, v stages.View, c archive.Collection, status []byte, from string) (archive.Batch, error) {
	var malformed error
	n := stages.Normalizer{
		View:      func(string) stages.View { return v },
		Malformed: func(_ string, _ []byte, err error) { malformed = err },
	}
	account := v.Account.Name()
	page := archive.Page{Statuses: []archive.Raw{{JSON: status}}}
	page.Task.Lane = archive.Lane{Kind: archive.TaskPosts, Owner: account}
	if c != "" {
		page.Task.Walk = &archive.Walk{Account: account, Collection: c}
	}
	answer, err := n.Normalize(ctx, page)
	if err == nil && len(answer.Posts) == 0 {
		err = malformed
	}
	for i := range answer.Posts {
		answer.Posts[i].Imported = from
	}
	for i, a := range answer.Activities {
		if len(a.Envelope) > 0 {
			answer.Activities[i].Imported = from
		}
	}
	return archive.Batch{Account: account, Posts: answer.Posts, Activities: answer.Activities}, err
}
