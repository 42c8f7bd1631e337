package mastodon

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Status is what LAMA reads of a status; the rest stays in the bytes, which the caller has. Times are as the
// server wrote them. Ids are opaque and belong to the server that answered.
type Status struct {
	ID           string
	URI          string // the URL, where a server sends none
	URL          string // for people; may be empty
	CreatedAt    string
	EditedAt     string // empty: never edited, or not known
	Account      Account
	Visibility   string
	Language     string
	SpoilerText  string
	Content      string // HTML
	InReplyToID  string
	InReplyToURI string // Akkoma: of a parent that the server does not have
	Reblog       []byte // the boosted status, as it stands in the answer; nil where this is no boost
	Quote        Quote
	Media        []MediaAttachment
	Mentions     []Mention
	Tags         []Tag
	Poll         Poll
	Card         Card
	Favourited   Told // by the account that asked, as the next two
	Bookmarked   Told
	Reblogged    Told
}

// Told is a yes or a no, or neither where a server did not say.
type Told struct{ Known, Yes bool }

// Card is the preview of a page that a status links to.
type Card struct {
	URL      string // of the link; empty where there is no card
	StatusID string // Fedibird: of the post behind the link, which the server has (preview_card_serializer.rb)
}

// Account is who wrote a status or caused a notification.
type Account struct {
	ID       string
	Username string
	Acct     string // user@domain; without the domain for users of the server that answered
	URL      string
	URI      string
}

// Mention is an account that a status names.
type Mention Account

// Tag is a hashtag of a status.
type Tag struct {
	Name string // without #
	URL  string
}

// MediaAttachment is a file of a status.
type MediaAttachment struct {
	ID          string
	Type        string // image, video, gifv, audio or unknown
	URL         string // the server's copy; empty while there is none
	RemoteURL   string // the original; empty for the server's own
	Description string // alternative text
}

// Poll is a poll of a status; it has no options where the status has no poll.
type Poll struct {
	ID        string
	ExpiresAt string // empty: never, or not known
	Options   []string
}

// Notification is what happened to an account.
type Notification struct {
	ID        string
	Type      string
	CreatedAt string
	Account   Account
	Status    []byte // as it stands in the answer; nil where there is none, or none any more
}

// What makes an item unusable: nothing could name it.
var (
	errNoObject = errors.New("it is no JSON object")
	errNoID     = errors.New("it has no id")
	errNoURI    = errors.New("it has neither uri nor url")
)

// DecodeStatus reads a status, which is valid JSON as all that a [Client] returns, leniently: null, a missing or a mistyped
// field is empty, never an error. It fails only where nothing names the status: no JSON object, no id, neither uri nor url.
func DecodeStatus(data []byte) (Status, error) {
	s, err := decode(data, readStatus)
	switch {
	case err != nil:
		return Status{}, fmt.Errorf("read status: %w", err)
	case s.ID == "":
		return Status{}, fmt.Errorf("read status: %w", errNoID)
	case s.URI == "":
		return Status{}, fmt.Errorf("read status %.64q: %w", s.ID, errNoURI)
	}
	return s, nil
}

// DecodeVersion reads what a version in a history says of its own: the time at which it was made, text, warning, media
// and poll. It fails only where that is no JSON object.
func DecodeVersion(data []byte) (Status, error) {
	s, err := decode(data, readStatus)
	if err != nil {
		return Status{}, fmt.Errorf("read version: %w", err)
	}
	return s, nil
}

// DecodeNotification reads a notification as leniently; its status is left undecoded. It fails where that is no
// JSON object or has no id.
func DecodeNotification(data []byte) (Notification, error) {
	n, err := decode(data, readNotification)
	switch {
	case err != nil:
		return Notification{}, fmt.Errorf("read notification: %w", err)
	case n.ID == "":
		return Notification{}, fmt.Errorf("read notification: %w", errNoID)
	}
	return n, nil
}

func readNotification(o object) Notification {
	return Notification{
		ID:        o.text("id"),
		Type:      o.text("type"),
		CreatedAt: o.text("created_at"),
		Account:   lent(o.get("account"), readAccount),
		Status:    o.bytes("status"),
	}
}

// UnmarshalJSON reads an account as leniently; it fails where that is no JSON object.
func (a *Account) UnmarshalJSON(data []byte) error {
	read, err := decode(bytes.Clone(data), readAccount) // which is the caller's again
	if err != nil {
		return fmt.Errorf("read account: %w", err)
	}
	*a = read
	return nil
}

func readStatus(o object) Status {
	s := Status{
		ID:           o.text("id"),
		URI:          o.text("uri"),
		URL:          o.text("url"),
		CreatedAt:    o.text("created_at"),
		EditedAt:     o.text("edited_at"),
		Account:      lent(o.get("account"), readAccount),
		Visibility:   o.text("visibility"),
		Language:     o.text("language"),
		SpoilerText:  o.text("spoiler_text"),
		Content:      o.text("content"),
		InReplyToID:  o.id("in_reply_to_id"),
		InReplyToURI: o.object("akkoma").text("in_reply_to_apid"),
		Reblog:       o.bytes("reblog"),
		Quote:        readQuote(o),
		Media:        list(o, "media_attachments", readMedia),
		Mentions:     list(o, "mentions", func(m object) Mention { return Mention(readAccount(m)) }),
		Tags:         list(o, "tags", func(t object) Tag { return Tag{Name: t.text("name"), URL: t.text("url")} }),
		Poll:         lent(o.get("poll"), readPoll),
		Card:         lent(o.get("card"), readCard),
		Favourited:   o.told("favourited"),
		Bookmarked:   o.told("bookmarked"),
		Reblogged:    o.told("reblogged"),
	}
	if s.URI == "" {
		s.URI = s.URL
	}
	return s
}

func readAccount(o object) Account {
	return Account{
		ID:       o.text("id"),
		Username: o.text("username"),
		Acct:     o.text("acct"),
		URL:      o.text("url"),
		URI:      o.text("uri"),
	}
}

func readPoll(o object) Poll {
	return Poll{
		ID:        o.text("id"),
		ExpiresAt: o.text("expires_at"),
		Options:   list(o, "options", func(option object) string { return option.text("title") }),
	}
}

func readCard(o object) Card { return Card{URL: o.text("url"), StatusID: o.id("status_id")} }

var mediaTypes = []string{"image", "video", "gifv", "audio"}

func readMedia(o object) MediaAttachment {
	m := MediaAttachment{
		ID:          o.text("id"),
		Type:        o.text("type"),
		URL:         o.text("url"),
		RemoteURL:   o.text("remote_url"),
		Description: o.text("description"),
	}
	if !slices.Contains(mediaTypes, m.Type) {
		m.Type = "unknown"
	}
	return m
}
