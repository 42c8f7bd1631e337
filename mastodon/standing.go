package mastodon

import "strconv"

// Standing is what a server says of an account beside each of its posts.
type Standing struct {
	Statuses  int64   // that it counts, approximately; 0 where it does not say
	CreatedAt string  // of the post
	Moved     Account // where the account has moved to; empty where it has not
}

// DecodeStanding reads what a status says of its author. What can't be read is empty.
func DecodeStanding(status []byte) Standing {
	o, _ := decodeObject(status)
	account := o.object("account")
	s := Standing{CreatedAt: o.text("created_at"), Moved: readAccount(account.object("moved"))}
	s.Statuses, _ = strconv.ParseInt(account.text("statuses_count"), 10, 64)
	return s
}

// Counts says which of somebody's own posts a server leaves out of statuses_count. Mastodon counts all but what is
// direct (app/models/status.rb, increment_counter_caches), GoToSocial all (bundb/account.go, CountAccountStatuses), Pleroma
// and Akkoma notes that are public (note_count in account_view.ex). Others are taken to count as Mastodon does.
func (s Server) Counts() (boosts, direct, private bool) {
	switch s.Software {
	case "gotosocial":
		return true, true, true
	case "pleroma", "akkoma":
		return false, false, false
	}
	return true, false, true
}

// Omission is why a server's list of a collection is not to be relied upon, however it is paged.
type Omission string

// The omissions that are known of (mastodon-api.md §1.4, §8.6, §8.7).
const (
	OmitsNothing   Omission = ""
	OmitsPostOrder Omission = "post order" // Friendica (Favourited.php:41-56): an old post stands below what was read
	OmitsBackdated Omission = "backdated"  // GoToSocial: ids are made of dates, and own posts may be dated back
	OmitsReplies   Omission = "replies"    // Pixelfed lists neither replies nor boosts
)

// Omits is what is known to be wrong with a collection on a server of this kind.
func (s Server) Omits(collection string) Omission {
	switch {
	case s.Software == "friendica" && (collection == "favourites" || collection == "bookmarks"):
		return OmitsPostOrder
	case s.Software == "gotosocial" && collection == "statuses":
		return OmitsBackdated
	case s.Software == "pixelfed" && collection == "statuses":
		return OmitsReplies
	}
	return OmitsNothing
}

// Filters says whether a server's keyword filters take posts out of lists, one's own included. Elsewhere they mark them
// at most. GoToSocial does so (processing/account/statuses.go:102-115, timeline/notification.go).
func (s Server) Filters() bool { return s.Software == "gotosocial" }
