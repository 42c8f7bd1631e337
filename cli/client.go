package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"lama/archive"
	"lama/creds"
	"lama/mastodon"
	"lama/throttle"
)

// client asks as an account; its token is kept out of the log.
func (o *openings) client(a archive.Account) (*mastodon.Client, creds.User, error) {
	user, err := o.user(a)
	if err != nil {
		return nil, user, err
	}
	for _, w := range o.creds.Warnings(a) {
		o.log.Logger.Warn().Msg(w)
	}
	o.log.Hide(user.Token.Reveal())
	return o.dial(a, user), user, nil
}

// user is what an account's person has authorised.
func (o *openings) user(a archive.Account) (creds.User, error) {
	user, err := o.creds.User(a)
	if errors.Is(err, fs.ErrNotExist) {
		return user, fmt.Errorf("%s is not authorised: run `lama init --account %s`", a.Name(), a.Name())
	}
	return user, err
}

// dial is a client that asks as the account, within its budget.
func (o *openings) dial(a archive.Account, user creds.User) *mastodon.Client {
	transport := throttle.Transport{Base: o.watch.counting(o.apiTransport()), Budget: func() *throttle.Budget { return o.gate.budget(a.Name()) }}
	return mastodon.New(mastodon.Options{BaseURL: a.BaseURL(), Token: user.Token.Reveal, UserAgent: userAgent(),
		HTTP: &http.Client{Transport: transport}})
}

// identity is the account's id on its instance. Whose token it is was asked when the token was new: a digest of
// it stands beside the answer.
func (o *openings) identity(ctx context.Context, a archive.Account, c *mastodon.Client, u creds.User) (string, error) {
	sum := sha256.Sum256([]byte(u.Token.Reveal()))
	digest := hex.EncodeToString(sum[:8])
	if of, id, ok := strings.Cut(o.identities[a.Name()], " "); ok && of == digest {
		return id, nil
	}
	who, err := o.whose(ctx, a, c)
	if err != nil {
		return "", err
	}
	return who.ID, o.store.SetState(ctx, a.Name(), "identity", digest+" "+who.ID)
}

// whose asks whose token ours is, and takes none but the account's own.
func (o *openings) whose(ctx context.Context, a archive.Account, c *mastodon.Client) (mastodon.Credentials, error) {
	who, err := c.VerifyCredentials(ctx)
	if err != nil {
		return who, &accountError{explain(err, a.Name())}
	}
	if !strings.EqualFold(who.Username, a.User) {
		return who, &accountError{fmt.Errorf("%s: the token belongs to %s: mend the username in %s, or run `lama revoke %s` "+
			"and `lama init` while signed in as %s", a.Name(), printable(who.Username, maxName), o.cfg.File, a.Name(), a.User)}
	}
	return who, nil
}

// explain names the account whose request failed, and says what to do.
func explain(err error, account string) error {
	if mastodon.KindOf(err) == mastodon.Unauthorized {
		return fmt.Errorf("%s: its token is no longer valid: run `lama revoke %s`, then `lama init` (%w)", account, account, err)
	}
	return fmt.Errorf("%s: %w", account, err)
}
