package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// How long a server may take to begin an answer (a search makes it fetch from others), and to end it.
const (
	beginTime  = time.Minute
	answerTime = 5 * time.Minute
)

// apiTransport is for the requests of one account. A server that stalls, also within an answer, hangs nothing.
func (s *session) apiTransport() http.RoundTripper {
	base, _ := http.DefaultTransport.(*http.Transport)
	t := cmp.Or(s.Transport, base).Clone()
	t.MaxIdleConnsPerHost = 16
	t.ResponseHeaderTimeout = beginTime
	return bounded{t}
}

// bounded ends requests that take too long. The time is not [http.Client]'s to keep: that would count what a request
// waits for its budget.
type bounded struct{ http.RoundTripper }

var errSlow = errors.New("the answer did not come to an end within " + answerTime.String())

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), answerTime, errSlow)
	resp, err := b.RoundTripper.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = boundedBody{resp.Body, cancel}
	return resp, nil
}

// boundedBody gives its time back when it is closed.
type boundedBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b boundedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
