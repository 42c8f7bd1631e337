package throttle

import (
	"context"
	"net/http"
)

type admitted struct{}

// Admitted marks a context whose one request was taken out of its budget already.
func Admitted(ctx context.Context) context.Context { return context.WithValue(ctx, admitted{}, true) }

// Transport makes sure that no request of an account leaves without a place in its budget, and shows the budget
// every answer. The feed admits requests beforehand; what it does not know of (asking who a token belongs to)
// waits here.
type Transport struct {
	Base   http.RoundTripper
	Budget func() *Budget // of the account whose requests these are
}

// RoundTrip implements [http.RoundTripper].
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	budget, paged := t.Budget(), Paged(req.URL)
	if req.Context().Value(admitted{}) == nil {
		if err := budget.Wait(req.Context(), paged); err != nil {
			return nil, err
		}
	}
	resp, err := t.Base.RoundTrip(req)
	if err != nil {
		budget.Observe(paged, 0, nil)
		return nil, err
	}
	budget.Observe(paged, resp.StatusCode, resp.Header)
	return resp, nil
}
