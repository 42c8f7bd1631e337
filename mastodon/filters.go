package mastodon

import (
	"context"
	"slices"
)

// HidingFilter is a keyword filter that hides what it matches.
type HidingFilter struct {
	Title    string   `json:"title"`    // as its owner calls it
	Contexts []string `json:"contexts"` // home, notifications, public, thread, account
}

// Hides says whether the filter takes posts out of a collection.
func (f HidingFilter) Hides(collection string) bool {
	context := map[string]string{"statuses": "account", "notifications": "notifications"}[collection]
	return context != "" && slices.Contains(f.Contexts, context)
}

// HidingFilters asks for the account's filters with the action hide. It needs the scope read:filters.
func (c *Client) HidingFilters(ctx context.Context) ([]HidingFilter, error) {
	a, err := c.get(ctx, "/api/v2/filters", nil)
	if err != nil {
		return nil, err
	}
	all, err := a.list()
	if err != nil {
		return nil, err
	}
	hiding := []HidingFilter{}
	for _, item := range all {
		o, _ := decodeObject(item)
		if o.text("filter_action") != "hide" {
			continue
		}
		f := HidingFilter{Title: bounded(o.text("title"))}
		for _, where := range o.get("context").Array() {
			f.Contexts = append(f.Contexts, bounded(where.String()))
		}
		hiding = append(hiding, f)
	}
	return hiding, nil
}
