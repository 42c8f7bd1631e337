package mastodontest_test

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"lama/archive"
	"lama/mastodon/mastodontest"
)

func Example() {
	at := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	w := mastodontest.New()
	ana := w.Instance("social.example", mastodontest.Mastodon45).Person("ana")
	bo := w.Instance("pond.example", mastodontest.GoToSocial).Person("bo")
	heron := bo.Say(at, "The heron is back.")
	annoyed := bo.Post(at.Add(time.Minute), mastodontest.Draft{Text: "It looks annoyed.", ReplyTo: heron})
	ana.Favourite(at.Add(time.Hour), annoyed)

	network := mastodontest.ServeMemory(w)
	defer network.Close()
	request, err := http.NewRequest(http.MethodGet, "https://social.example/api/v1/favourites", nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+ana.Token())
	response, err := network.Client().Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)

	fmt.Println(response.StatusCode, len(w.Log().By(ana)), "request")
	truth := w.Truth([]*mastodontest.Person{ana}, archive.Limits{archive.ChainParent: 100}, nil)
	for _, a := range truth.Activities {
		fmt.Println(a.Account, a.Type(), truth.Posts[a.PostURI].Content)
	}
	// Output:
	// 200 1 request
	// ana@social.example favourite It looks annoyed.
	// ana@social.example favourite.parent The heron is back.
}
