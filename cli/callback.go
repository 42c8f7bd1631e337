package cli

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// consentTime is how long a person may take; a server's code lives for 10 minutes.
const consentTime = 15 * time.Minute

// receive waits on l for the browser that a server sends back with a code. Whoever does not know the state (any
// web page can send a browser here) is told so and changes nothing.
func receive(ctx context.Context, l net.Listener, state string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, consentTime, errors.New("nobody came back from the browser"))
	defer cancel()
	handler := callback{host: l.Addr().String(), state: state, answers: make(chan answer, 1)} // the first counts
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(l) }() // until Shutdown
	defer func() {
		// The browser is to get its page, even where Ctrl-C comes now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	}()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case a := <-handler.answers:
		return a.text, a.err
	}
}

// answer is what a person, or a person's browser, came back with.
type answer struct {
	text string
	err  error
}

type callback struct {
	host    string
	state   string
	answers chan answer
}

// ServeHTTP takes the code, or the server's reason why there is none.
func (c callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	q := r.URL.Query()
	known := subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) == 1
	switch {
	case r.Method != http.MethodGet || r.URL.Path != "/callback" || r.Host != c.host:
		http.NotFound(w, r)
	case !known:
		http.Error(w, "This answer does not belong to the authorisation that LAMA waits for. It was ignored.",
			http.StatusBadRequest)
	case q.Get("error") != "":
		c.settle(answer{err: refusal(q.Get("error"))})
		_, _ = io.WriteString(w, "LAMA was not authorised. You can close this window.\n")
	case q.Get("code") == "":
		http.Error(w, "There is no code in this answer.", http.StatusBadRequest)
	default:
		c.settle(answer{text: q.Get("code")})
		_, _ = io.WriteString(w, "LAMA has received the code. You can close this window; the terminal says the rest.\n")
	}
}

func (c callback) settle(a answer) {
	select {
	case c.answers <- a:
	default: // the browser reloaded the page
	}
}

func refusal(code string) error {
	if code == "access_denied" {
		return errors.New("the authorisation was denied in the browser")
	}
	return fmt.Errorf("the server refused the authorisation: %q", printable(code, maxName))
}
