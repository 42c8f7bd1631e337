package mastodon

import "cmp"

// Quote is the post that a status quotes. Servers encode it in eight ways (fixtures.md, "Quotes").
type Quote struct {
	State  string // of Mastodon 4.4 and later: accepted, pending, revoked …; empty where a server has no states
	ID     string // of the quoted status, or empty
	URL    string // of the quoted post, where the server says it, or empty
	Status []byte // the quoted status, as it stands in the answer; nil where it is not there
}

// Accepted says whether there is a quote, and nobody refused it. A state that is not known is a refusal, as the
// documentation of Mastodon asks.
func (q Quote) Accepted() bool {
	return (q.State == "" || q.State == "accepted") && (q.ID != "" || q.URL != "" || q.Status != nil)
}

func readQuote(o object) Quote {
	pleroma := o.object("pleroma")
	q := Quote{
		ID:  cmp.Or(o.id("quote_id"), pleroma.id("quote_id")),
		URL: cmp.Or(pleroma.text("quote_url"), o.object("akkoma").text("quote_apid")),
	}
	around, name := o, "quote"
	if quote := o.object("quote"); quote == nil {
		around = pleroma
	} else if !bare(quote) {
		q.State, q.ID = quote.text("state"), cmp.Or(quote.id("quoted_status_id"), q.ID)
		around, name = quote, "quoted_status"
	}
	q.Status = around.bytes(name)
	q.ID = cmp.Or(around.object(name).id("id"), q.ID)
	return q
}

// bare says whether the value of "quote" is the quoted status itself and not an entity around it.
func bare(quote object) bool { return quote.text("id") != "" && quote.get("account").Exists() }
