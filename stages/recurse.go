package stages

import (
	"context"
	"time"

	"lama/archive"
)

// Recurse says what an answer means for the posts that were asked for, so that its commit can settle them and
// feed back what they refer to. How far a reference is followed, hop by hop, is accounted for by that commit: it
// alone knows what the archive already holds.
type Recurse struct {
	// Own says whether an author (user@domain) belongs to the household.
	Own func(author string) bool
	// DownloadOwn and DownloadOthers say whose attachments are wanted.
	DownloadOwn, DownloadOthers bool
	Now                         func() time.Time
}

// Recurse fills the batch's settles, and marks the attachments that nobody wants.
func (r Recurse) Recurse(_ context.Context, b archive.Batch) (archive.Batch, error) {
	r.markMedia(b.Posts)
	r.markMedia(b.Versions)
	answered := map[archive.Name]bool{}
	for _, p := range b.Posts {
		answered[archive.IDName(p.Instance, p.ID)] = true
	}
	for name := range b.Aliases {
		answered[name] = true
	}
	for _, w := range b.Wants {
		settle := r.settle(w, answered[w.Name], b)
		if w.Kind != "" && settle.State == archive.Refused { // it is stored, and the "no" is noted there
			settle.Outcome = archive.Outcome{State: archive.Done, Reason: settle.Reason, Missing: settle.Missing}
		}
		b.Settles = append(b.Settles, settle)
	}
	return b, nil
}

// settle is what becomes of one want. A batch, and a conversation, leaves out, without a word, what is gone and also
// whose author is muted, blocked or limited (mastodon-api.md §1.2): only a request of its own tells which.
func (r Recurse) settle(w archive.Want, answered bool, b archive.Batch) archive.Settle {
	s := archive.Settle{Want: w, Alone: w.Alone, Outcome: b.Outcome}
	switch {
	case answered:
		s.Outcome = archive.Outcome{State: archive.Done}
	case b.Outcome.State == archive.Done && !w.Alone && byID(b.Lane.Kind):
		s.Alone, s.Outcome = true, archive.Outcome{State: archive.Pending}
	case b.Outcome.State == archive.Refused && len(b.Wants) > 1: // one of them, or all: each is asked for alone
		s.Alone, s.Outcome = true, archive.Outcome{State: archive.Pending}
	case b.Outcome.State == archive.Refused && w.Kind == archive.TaskAgain && !w.Alone: // it may be about the batch
		s.Alone, s.Outcome = true, archive.Outcome{State: archive.Pending}
	case b.Outcome.State == archive.Pending && byID(b.Lane.Kind) && w.Attempts >= poison:
		s.Alone = true
	case b.Outcome.State == archive.Done:
		s.Outcome = archive.Outcome{State: archive.Refused, Reason: "its server knows no such post",
			NotBefore: r.Now().Add(refusedFor)}
	}
	return s
}

// byID says whether a kind of request names posts by their ids, several at once where the server takes that.
func byID(k archive.Kind) bool { return k == archive.TaskPosts || k == archive.TaskAgain }

// poison is after how many failures of a batch, or of a conversation, its posts are asked for alone: one of them may be
// the reason.
const poison = 2

// refusedFor is how long a "no" is believed.
const refusedFor = 30 * 24 * time.Hour

func (r Recurse) markMedia(posts []archive.Post) {
	for _, p := range posts {
		off := !r.DownloadOthers
		if r.Own(p.Author) {
			off = !r.DownloadOwn
		}
		for i := range p.Media {
			p.Media[i].Off = off
		}
	}
}
