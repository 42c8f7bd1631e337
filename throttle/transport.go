package throttle

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
)

type admitted struct{}

// Admitted marks a context whose one request was taken out of its budget already. A second one that is made with
// it, as where a server redirects the first, waits like any other.
func Admitted(ctx context.Context) context.Context {
	place := new(atomic.Bool)
	place.Store(true)
	return context.WithValue(ctx, admitted{}, place)
}

// Transport makes sure that no request of an account leaves without a place in its budget, and shows the budget
// every answer. The feed admits requests beforehand; what it does not know of (asking who a token belongs to)
// waits here, as long as a window lasts: a client with a timeout of its own would give up.
type Transport struct {
	Base   http.RoundTripper
	Budget func() *Budget // of the account whose requests these are
}

// RoundTrip implements [http.RoundTripper].
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	budget, paged := t.Budget(), Paged(req.URL)
	place, _ := req.Context().Value(admitted{}).(*atomic.Bool)
	if place == nil || !place.Swap(false) {
		if err := budget.Wait(req.Context(), paged); err != nil {
			return nil, err
		}
	}
	resp, err := t.Base.RoundTrip(req)
	if err != nil {
		budget.Observe(paged, 0, nil)
		return nil, err
	}
	if strings.HasPrefix(req.URL.Path, "/api/") {
		budget.Observe(paged, resp.StatusCode, resp.Header)
	} else { // what is not the API (nodeinfo) is not counted with it, and states no limit
		budget.Cancel(paged)
	}
	return resp, nil
}
