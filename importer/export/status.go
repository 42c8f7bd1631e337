package export

// status is a post in the shape of Mastodon's API. What an export does not say is null where a status without it has
// null, and left out where that would be a statement.
type status struct {
	ID                 string     `json:"id"`
	CreatedAt          *string    `json:"created_at"`
	InReplyToID        *string    `json:"in_reply_to_id"`
	InReplyToAccountID *string    `json:"in_reply_to_account_id"`
	Sensitive          bool       `json:"sensitive"`
	SpoilerText        string     `json:"spoiler_text"`
	Visibility         string     `json:"visibility"`
	Language           *string    `json:"language"`
	URI                string     `json:"uri"`
	URL                *string    `json:"url"`
	RepliesCount       *int64     `json:"replies_count,omitempty"`
	ReblogsCount       *int64     `json:"reblogs_count,omitempty"`
	FavouritesCount    *int64     `json:"favourites_count,omitempty"`
	EditedAt           *string    `json:"edited_at"`
	Content            string     `json:"content"`
	Reblog             *string    `json:"reblog"`
	Account            account    `json:"account"`
	Media              []medium   `json:"media_attachments"`
	Mentions           []named    `json:"mentions"`
	Tags               []tag      `json:"tags"`
	Emojis             []emoji    `json:"emojis"`
	Poll               *poll      `json:"poll"`
	Quote              *unsettled `json:"quote,omitempty"`
	QuoteID            string     `json:"quote_id,omitempty"`
	Pleroma            *quoted    `json:"pleroma,omitempty"`
	Akkoma             *parent    `json:"akkoma,omitempty"`
}

// unsettled is a quote that nobody has agreed to, as far as is known.
type unsettled struct {
	State  string  `json:"state"`
	Status *string `json:"quoted_status"`
}

// quoted and parent name posts of other servers, as Pleroma and Akkoma do.
type quoted struct {
	URL string `json:"quote_url"`
}

type parent struct {
	URI string `json:"in_reply_to_apid"`
}

type account struct {
	ID          string  `json:"id"`
	Username    string  `json:"username"`
	Acct        string  `json:"acct"`
	DisplayName string  `json:"display_name"`
	Locked      bool    `json:"locked"`
	Bot         bool    `json:"bot"`
	CreatedAt   *string `json:"created_at"`
	Note        string  `json:"note"`
	URL         string  `json:"url"`
	URI         string  `json:"uri"`
	Emojis      []emoji `json:"emojis"`
	Fields      []field `json:"fields"`
}

type field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type medium struct {
	ID          string  `json:"id"`
	Type        string  `json:"type"`
	URL         *string `json:"url"`
	PreviewURL  *string `json:"preview_url"`
	RemoteURL   *string `json:"remote_url"`
	Meta        *meta   `json:"meta"`
	Description *string `json:"description"`
	Blurhash    *string `json:"blurhash"`
}

type meta struct {
	Original *size  `json:"original,omitempty"`
	Focus    *focus `json:"focus,omitempty"`
}

type size struct {
	Width  int64 `json:"width"`
	Height int64 `json:"height"`
}

type focus struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// named is an account that a post names.
type named struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	URL      string `json:"url"`
	Acct     string `json:"acct"`
}

type tag struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type emoji struct {
	Shortcode string `json:"shortcode"`
	URL       string `json:"url"`
	StaticURL string `json:"static_url"`
}

type poll struct {
	ID          *string  `json:"id"`
	ExpiresAt   *string  `json:"expires_at"`
	Expired     bool     `json:"expired"`
	Multiple    bool     `json:"multiple"`
	VotesCount  int64    `json:"votes_count"`
	VotersCount *int64   `json:"voters_count"`
	Options     []option `json:"options"`
	Emojis      []emoji  `json:"emojis"`
}

type option struct {
	Title string `json:"title"`
	Votes *int64 `json:"votes_count"`
}
