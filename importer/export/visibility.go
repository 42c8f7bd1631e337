package export

import (
	"slices"

	"github.com/tidwall/gjson"
)

// The visibilities, from the widest to the narrowest.
var visibilities = []string{"public", "unlisted", "private", "direct"}

// anybody are the ways in which "everybody" is written.
var anybody = []string{"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"}

// visibility says who may see an object. What was done and the object of it both may say so: the narrower of the two is
// true. Whatever is not known for certain is direct, so that nothing is ever seen by more people than it was written for.
func visibility(activity, object gjson.Result, followers string) string {
	if object.Get("directMessage").Bool() { // Pleroma: for those whom it names, whatever stands beside
		return "direct"
	}
	said, width := false, 0
	for _, o := range []gjson.Result{activity, object} {
		if o.Get("to").Exists() || o.Get("cc").Exists() {
			said, width = true, max(width, slices.Index(visibilities, addressed(o, followers)))
		}
	}
	if !said {
		return "direct"
	}
	return visibilities[width]
}

// addressed is the visibility of what is addressed like this.
func addressed(o gjson.Result, followers string) string {
	to, cc := identities(o.Get("to")), identities(o.Get("cc"))
	if times(o, "to") > 1 || times(o, "cc") > 1 { // whichever is meant
		return "direct"
	}
	public := func(who string) bool { return slices.Contains(anybody, who) }
	switch {
	case slices.ContainsFunc(to, public):
		return "public"
	case slices.ContainsFunc(cc, public):
		return "unlisted"
	case followers != "" && (slices.Contains(to, followers) || slices.Contains(cc, followers)):
		return "private"
	}
	return "direct"
}
