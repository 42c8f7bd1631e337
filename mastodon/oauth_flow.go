package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

// Verifier is a new secret for PKCE, one per authorisation.
func Verifier() string { return oauth2.GenerateVerifier() }

// AuthorizeURL is where a person allows the app to read. The server asks for a login even where somebody is
// logged in: a household has several accounts. Servers that know no PKCE ignore it.
func (o OAuth) AuthorizeURL(app App, redirect, state, verifier string) string {
	return o.config(app, redirect).AuthCodeURL(state,
		oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("force_login", "true"))
}

// Exchange turns the code that the person's consent yielded into a token.
func (o OAuth) Exchange(ctx context.Context, app App, redirect, code, verifier string) (string, error) {
	ctx = context.WithValue(ctx, oauth2.HTTPClient, o.client(true))
	token, err := o.config(app, redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) {
		err = newOAuthError(refused.Response, refused.ErrorCode) // the library's text quotes the answer
	}
	if err != nil {
		return "", fmt.Errorf("exchange the code for a token: %w", err)
	}
	return token.AccessToken, nil
}

// Revoke gives a token back. One that the server does not know (any more) is no error (RFC 7009).
func (o OAuth) Revoke(ctx context.Context, app App, token string) error {
	form := url.Values{"client_id": {app.ID}, "client_secret": {app.Secret}, "token": {token}}
	if err := o.post(ctx, "/oauth/revoke", form, nil); err != nil {
		return fmt.Errorf("revoke the token: %w", err)
	}
	return nil
}

// Username is the name, without host, of the account that a token belongs to. It is the server's text.
func (o OAuth) Username(ctx context.Context, token string) (string, error) {
	var account struct {
		Username string `json:"username"`
	}
	if err := o.get(ctx, "/api/v1/accounts/verify_credentials", token, &account); err != nil {
		return "", fmt.Errorf("ask whose token it is: %w", err)
	}
	return account.Username, nil
}

func (o OAuth) config(app App, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: app.ID, ClientSecret: app.Secret, RedirectURL: redirect, Scopes: app.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL: o.BaseURL + "/oauth/authorize", TokenURL: o.BaseURL + "/oauth/token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// OAuthError is a server's refusal.
type OAuthError struct {
	Host   string
	Status int    // of HTTP
	Code   string // of RFC 6749, as "invalid_grant"; empty where the server gave none
}

func newOAuthError(r *http.Response, code string) *OAuthError {
	e := &OAuthError{Host: r.Request.URL.Host, Status: r.StatusCode}
	if isErrorCode(code) {
		e.Code = code
	}
	return e
}

// isErrorCode keeps free text, which a server chooses, out of errors.
func isErrorCode(s string) bool {
	for _, r := range s {
		if r != '_' && (r < 'a' || r > 'z') {
			return false
		}
	}
	return len(s) <= 40
}

func (e *OAuthError) Error() string {
	s := fmt.Sprintf("%s answered %d %s", e.Host, e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	return s
}

// badRequest says whether the server objects to what it was sent, rather than to being asked.
func (e *OAuthError) badRequest() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity
}
