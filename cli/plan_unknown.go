package cli

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"lama/archive"
	"lama/plan"
)

// What can't be known, and why.
const (
	uncounted = `How many favourites, bookmarks and notifications there are, where it says "at least": there are more ` +
		"than the newest page, and no server tells a number."
	counted = "How many statuses there are exactly: a server's count is approximate, and Mastodon's leaves direct " +
		"posts out." // status.rb, increment_counter_caches
	upwards = "How far up threads go: %.1f posts above each reply are assumed, on average, and that the archive comes " +
		"to have as many of them otherwise as it does in the samples. Each that is gone or hidden takes a request more."
	older = "Whether older posts are like the newest: replies, links, files and sizes are those of the newest page of " +
		"each collection, %s in all. What is rare there is over- or underrated."
	common   = "What accounts and collections have in common: a run asks for it and keeps it once, here it counts each time."
	pictures = "How many pictures there are: avatars, custom emoji and the images of cards are downloaded too, each once " +
		"(download_pictures), and are not among the media files here. Nobody tells how many people and links there are."
	sizes = "How large media are: the API tells no sizes. "
	speed = "How long servers and media hosts take to answer: the time is that of the limits alone, and longer where " +
		"other apps of the account use more than the rest."
)

// unknowns are what the outlook does not know, each with the reason.
func (o outlook) unknowns() (all []string) {
	all = append(all, o.problems...)
	if o.guesses(func(f forecast) bool { return f.More }) {
		all = append(all, uncounted)
	}
	if o.guesses(func(f forecast) bool { return f.name == archive.Statuses && !f.exact && !f.More && !f.Current }) {
		all = append(all, counted)
	}
	if o.guesses(func(f forecast) bool { return f.Parents > 0 && !f.Current }) {
		all = append(all, fmt.Sprintf(upwards, plan.Depth))
	}
	if posts := o.sampled(); posts > 0 {
		all = append(all, fmt.Sprintf(older, plural(posts, "post")), common)
	}
	if o.total().Media >= 0.5 {
		all = append(all, sizes+o.told())
	}
	if o.cfg.DownloadPictures && o.sampled() > 0 {
		all = append(all, pictures)
	}
	return append(all, speed)
}

// guesses says whether any collection is such a one.
func (o outlook) guesses(such func(forecast) bool) bool {
	for _, a := range o.accounts {
		for _, f := range a.rows {
			if f.problem == "" && such(f) {
				return true
			}
		}
	}
	return false
}

// sampled is how many posts the samples hold that something is concluded from.
func (o outlook) sampled() (posts int) {
	for _, a := range o.accounts {
		for _, f := range a.rows {
			if !f.Current {
				posts += f.Posts
			}
		}
	}
	return posts
}

// told says of how many files the size was learnt.
func (o outlook) told() string {
	if o.asked == 0 {
		return "No file of the samples is on an account's own server, and strangers' are not asked."
	}
	return fmt.Sprintf("Of %s on the accounts' own servers %d told theirs.", plural(o.asked, "file"), len(o.sizes))
}

// item is a text of a list, in lines that are not too wide.
func item(s string) string {
	const width = 110
	lines := strings.Split(text.WrapSoft(s, width), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ") // it fills them up
	}
	return "- " + strings.Join(lines, "\n  ") + "\n"
}
