package mastodon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// OutOfBand is the redirect that shows the code to the person, who pastes it.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

// OAuth registers the app with one server and obtains a token there. What the server sends is bounded, must be
// JSON, and never reaches an error but for its status and its error code.
type OAuth struct {
	BaseURL   string       // without a trailing slash
	HTTP      *http.Client // nil: a plain one with a timeout
	UserAgent string       // GoToSocial refuses requests without one
}

// App is the app as a server knows it. Printing it shows no secret.
type App struct {
	ID        string
	Secret    string `json:"-"`
	Scopes    []string
	Redirects []string
}

// Format prints the app's id, whatever the verb.
func (a App) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "app "+a.ID) }

// readScopes are all that an archiver needs and nothing that writes (mastodon-api.md §1.3).
var readScopes = []string{
	"profile", "read:accounts", "read:statuses", "read:favourites", "read:bookmarks", "read:notifications",
	"read:search", "read:lists", "read:follows", "read:blocks", "read:mutes", "read:filters", "read:collections",
}

// sinceMetadata are the scopes that only servers have which also publish what they support (Mastodon 4.3).
var sinceMetadata = []string{"profile", "read:collections"}

// Register makes the app known to the server: with granular scopes, or with plain `read` where it refuses them.
// A server that refuses several redirects too gets the out-of-band one alone; the App says which were accepted.
func (o OAuth) Register(ctx context.Context, name string, redirects []string) (App, error) {
	plain := []string{"read"}
	attempts := []App{
		{Scopes: o.granularScopes(ctx), Redirects: redirects},
		{Scopes: plain, Redirects: redirects},
		{Scopes: plain, Redirects: []string{OutOfBand}},
	}
	var err error
	for _, app := range attempts {
		if len(app.Scopes) == 0 {
			continue
		}
		err = o.register(ctx, name, &app)
		if refused := (*OAuthError)(nil); !errors.As(err, &refused) || !refused.badRequest() {
			return app, err
		}
	}
	return App{}, err
}

func (o OAuth) register(ctx context.Context, name string, app *App) error {
	var answer struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	err := o.post(ctx, "/api/v1/apps", url.Values{
		"client_name":   {name},
		"scopes":        {strings.Join(app.Scopes, " ")},
		"redirect_uris": {strings.Join(app.Redirects, "\n")}, // an array is understood since Mastodon 4.3 only
	}, &answer)
	if err != nil {
		return fmt.Errorf("register the app: %w", err)
	}
	if answer.ID == "" || answer.Secret == "" {
		return fmt.Errorf("register the app: %s sent no client id and secret", o.BaseURL)
	}
	app.ID, app.Secret = answer.ID, answer.Secret
	return nil
}

// granularScopes are those of readScopes that the server supports, none where it says that it has no granular
// ones. Where it does not say (before Mastodon 4.3, GoToSocial) it is worth a try. A server that can't be reached
// will say so when it is asked to register.
func (o OAuth) granularScopes(ctx context.Context) []string {
	var metadata struct {
		Scopes []string `json:"scopes_supported"`
	}
	err := o.get(ctx, "/.well-known/oauth-authorization-server", "", &metadata)
	known := err == nil && len(metadata.Scopes) > 0
	scopes := slices.DeleteFunc(slices.Clone(readScopes), func(scope string) bool {
		if known {
			return !slices.Contains(metadata.Scopes, scope)
		}
		return slices.Contains(sinceMetadata, scope)
	})
	if !slices.Contains(scopes, "read:statuses") {
		return nil
	}
	return scopes
}
