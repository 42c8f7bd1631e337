package mastodontest

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
)

// request asks over a network.
func request(t *testing.T, client *http.Client, p *Person, url string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p != nil {
		r.Header.Set("Authorization", "Bearer "+p.Token())
	}
	return client.Do(r)
}

func TestGateShowsWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New()
		i := w.Instance("a.example", Mastodon45)
		ana, bo := i.Person("ana"), i.Person("bo")
		file := ana.Post(start, Draft{Media: []Media{{}}}).now().files[0].original()
		network := ServeMemory(w)
		defer network.Close()
		client := network.Client()
		defer client.CloseIdleConnections()

		gate := w.Hold(func(r Request) bool { return r.Account != bo.Handle() })
		done := make(chan int)
		ask := func(p *Person, url string) {
			response, err := request(t, client, p, url)
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
			done <- response.StatusCode
		}
		for range 3 {
			go ask(ana, "https://a.example/api/v1/favourites")
		}
		go ask(nil, file)
		go ask(bo, "https://a.example/api/v1/favourites")
		<-done // bo's passes
		synctest.Wait()
		if gate.Held() != 4 || ana.Flight() != (Flight{3, 3}) || i.MediaFlight() != (Flight{1, 1}) ||
			bo.Flight() != (Flight{0, 1}) {
			t.Errorf("held are %d, in flight %+v %+v %+v", gate.Held(), ana.Flight(), i.MediaFlight(), bo.Flight())
		}
		gate.Release()
		for range 4 {
			if code := <-done; code != 200 {
				t.Errorf("a request that was held answers %d", code)
			}
		}
		synctest.Wait()
		if gate.Held() != 0 || ana.Flight() != (Flight{0, 3}) {
			t.Errorf("after the release %d are held, in flight %+v", gate.Held(), ana.Flight())
		}
		ask2, err := request(t, client, ana, "https://a.example/api/v1/bookmarks")
		if err != nil || ask2.Body.Close() != nil {
			t.Error(err)
		}
	})
}

// Closing the network ends what is in flight.
func TestCloseEndsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New()
		ana := w.Instance("a.example", Mastodon45).Person("ana")
		network := ServeMemory(w)
		client := network.Client()
		defer client.CloseIdleConnections()
		gate := w.Hold(nil)
		failed := make(chan error)
		go func() {
			_, err := request(t, client, ana, "https://a.example/api/v1/favourites")
			failed <- err
		}()
		synctest.Wait()
		network.Close()
		if err := <-failed; err == nil {
			t.Error("a request outlives its network")
		}
		synctest.Wait()
		if gate.Held() != 0 {
			t.Error("a request is still held")
		}
	})
}

func TestGateWaits(t *testing.T) {
	w := New()
	ana := w.Instance("a.example", Mastodon45).Person("ana")
	gate := w.Hold(nil)
	for range 2 {
		go get(ana, "/api/v1/favourites")
	}
	if err := gate.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := gate.Wait(ended, 3); err == nil {
		t.Error("the wait for a third ends without it")
	}
	gate.Release()
}

func TestLog(t *testing.T) {
	w := New()
	i := w.Instance("a.example", Mastodon45)
	ana := i.Person("ana")
	path := i.FilePath(ana.Post(start, Draft{Media: []Media{{}}}), 0)
	get(ana, "/api/v1/favourites")
	get(ana, "/api/v1/favourites?max_id=7")
	get(ana, "/api/v1/statuses/5/context")
	ask(i, nil, path)
	ask(i, nil, "/nowhere")
	log := w.Log()
	for name, got := range map[string]struct{ got, want int }{
		"all":            {len(log), 5},
		"of the API":     {len(log.API()), 3},
		"paged":          {len(log.Paged()), 1},
		"favourites":     {len(log.To("/api/v1/favourites")), 2},
		"contexts":       {len(log.To("/api/v1/statuses/{id}/context")), 1},
		"files":          {len(log.Media()), 1},
		"that file":      {len(log.To(path)), 1},
		"ana's":          {len(log.By(ana)), 3},
		"not found":      {len(log.Answered(404)), 2},
		"on this host":   {len(log.On("a.example")), 5},
		"on another":     {len(log.On("b.example")), 0},
		"paged of ana's": {len(log.By(ana).Paged().To("/api/v1/favourites")), 1},
	} {
		if got.got != got.want {
			t.Errorf("%s: %d, want %d", name, got.got, got.want)
		}
	}
	if !slices.IsSortedFunc(log, func(a, b Request) int { return a.At.Compare(b.At) }) {
		t.Error("the log is not in order")
	}
	w.ForgetLog()
	if len(w.Log()) != 0 {
		t.Error("the log was not forgotten")
	}
}
