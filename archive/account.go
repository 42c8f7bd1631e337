package archive

import "strings"

// Account is one configured account of the household.
type Account struct {
	User     string // name without @
	Instance string // host, with the port where it has one: the API's address and the namespace of ids
	Scheme   string // "https", or "http" where the configuration says so
}

// Name is the account as activities.account has it: user@host, or user@host:port.
func (a Account) Name() string { return a.User + "@" + a.Instance }

// Named is the account of a name made by [Account.Name]. Its scheme is not known.
func Named(name string) Account {
	user, instance, _ := strings.Cut(name, "@")
	return Account{User: user, Instance: instance}
}

// BaseURL is the address of the account's server without a trailing slash.
func (a Account) BaseURL() string { return a.Scheme + "://" + a.Instance }

// Safe is the account as LAMA 1.1 names its files: the letters and digits of the user, an underscore, the
// letters and digits of the host. Two accounts may share it; the configuration refuses that.
func (a Account) Safe() string { return alphanumeric(a.User) + "_" + alphanumeric(a.Instance) }

// Profile is what an account's server says of it beside the newest of its own posts.
type Profile struct {
	Statuses int64  // posts that the server counts, approximately; 0: it does not say
	MovedTo  string // the account that it has moved to, user@domain; empty: it has not
	Newest   Time   // of its own posts and boosts
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}
