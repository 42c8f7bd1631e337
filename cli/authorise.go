package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strings"

	"lama/archive"
	"lama/creds"
	"lama/mastodon"
)

// appName is what servers show in their lists of authorised apps.
const appName = "LAMA"

// loopbacks are where the browser may bring the code. Servers compare the whole address with what was
// registered, the port too, so there are three of them, in case one is taken.
var loopbacks = []string{
	"http://127.0.0.1:17427/callback", "http://127.0.0.1:27427/callback", "http://127.0.0.1:31427/callback",
}

// authorise has a person consent to the app and keeps the token that this yields.
func (i initialiser) authorise(ctx context.Context, server mastodon.OAuth, a archive.Account) error {
	app, err := i.app(ctx, server, a)
	if err != nil {
		return err
	}
	verifier := mastodon.Verifier()
	code, redirect, err := i.consent(ctx, server, a, app, verifier)
	if err != nil {
		return err
	}
	token, err := server.Exchange(ctx, app, redirect, code, verifier)
	if err != nil {
		return i.explain(err, a)
	}
	if err := belongs(ctx, server, a, token); err != nil {
		_ = server.Revoke(ctx, app, token) // nobody will use it; to be told whose it is matters more
		if errors.Is(err, errWrongUser) {
			err = fmt.Errorf("%w: log in as %s in the browser, or use a private window, and run `lama init` again",
				err, a.User)
		}
		return err
	}
	return i.keep(a, creds.User{Token: creds.NewToken(token), BaseURL: a.BaseURL(),
		ClientID: app.ID, ClientSecret: creds.NewToken(app.Secret)})
}

// app is the one that was registered before, by us or by LAMA, or a new one.
func (i initialiser) app(ctx context.Context, server mastodon.OAuth, a archive.Account) (mastodon.App, error) {
	client, err := i.folder.Client(a)
	if err == nil {
		i.say("%s: the app was registered before", a.Name())
		return appOf(client), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return mastodon.App{}, err
	}
	app, err := server.Register(ctx, appName, append(slices.Clone(loopbacks), mastodon.OutOfBand))
	if err != nil {
		return mastodon.App{}, err
	}
	i.say("%s: registered the app with %s, to read only (%s)", a.Name(), a.BaseURL(), strings.Join(app.Scopes, " "))
	return app, i.folder.SaveClient(a, creds.Client{ID: app.ID, Secret: creds.NewToken(app.Secret), Name: appName,
		BaseURL: a.BaseURL(), Scopes: app.Scopes, Redirects: app.Redirects})
}

func appOf(c creds.Client) mastodon.App {
	app := mastodon.App{ID: c.ID, Secret: c.Secret.Reveal(), Scopes: c.Scopes, Redirects: c.Redirects}
	if c.LAMAs() {
		app.Scopes, app.Redirects = []string{"read"}, []string{mastodon.OutOfBand}
	}
	return app
}

// consent sends the person to the server and comes back with a code, by way of the browser or of the person.
func (i initialiser) consent(ctx context.Context, server mastodon.OAuth, a archive.Account, app mastodon.App,
	verifier string) (code, redirect string, err error) {
	state := mastodon.Verifier() // as random, and as long
	if !i.paste && i.OpenBrowser != nil {
		if l, redirect := listen(app.Redirects); l != nil {
			defer l.Close()
			address := server.AuthorizeURL(app, redirect, state, verifier)
			if i.OpenBrowser(address) == nil {
				i.say("%s: allow the app in your browser. If none has opened, open this address on this machine, "+
					"or end with Ctrl-C and use --no-browser:\n\n  %s\n", a.Name(), address)
				code, err := receive(ctx, l, state)
				return code, redirect, err
			}
		}
	}
	address := server.AuthorizeURL(app, mastodon.OutOfBand, state, verifier)
	i.say("%s: open this address in a browser, log in as %s and allow the app:\n\n  %s\n", a.Name(), a.User, address)
	_, _ = fmt.Fprint(i.Stdout, "Paste the code that is shown there: ")
	code, err = i.readLine(ctx)
	if err != nil {
		err = fmt.Errorf("read the code: %w", err)
	}
	return code, mastodon.OutOfBand, err
}

// listen takes the first address of this machine that the app has registered and that is free.
func listen(redirects []string) (net.Listener, string) {
	for _, redirect := range redirects {
		u, err := url.Parse(redirect)
		if err != nil || !slices.Contains(loopbacks, redirect) {
			continue
		}
		if l, err := net.Listen("tcp", u.Host); err == nil {
			return l, redirect
		}
	}
	return nil, ""
}

// explain says what to do about a server's refusal of a code.
func (i initialiser) explain(err error, a archive.Account) error {
	var refused *mastodon.OAuthError
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code {
	case "invalid_grant":
		return fmt.Errorf("%w: the code is mistyped, used or older than 10 minutes; run `lama init` again", err)
	case "invalid_client":
		return fmt.Errorf("%w: the server has forgotten the app; remove %s and run `lama init` again",
			err, i.folder.ClientPath(a))
	}
	return err
}

// readLine reads what a person types or pastes. Ctrl-C does not wait for the line.
func (s *session) readLine(ctx context.Context) (string, error) {
	answers := make(chan answer, 1) // nobody may be waiting any more
	go func() {
		line, err := s.stdin.ReadSlice('\n') // bounded by the buffer
		answers <- answer{strings.TrimSpace(string(line)), err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-answers:
		if a.text == "" {
			return "", errors.New("nothing was given")
		}
		if errors.Is(a.err, io.EOF) {
			a.err = nil
		}
		return a.text, a.err
	}
}
