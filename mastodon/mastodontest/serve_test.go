package mastodontest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestLoopback(t *testing.T) {
	defer goleak.VerifyNone(t)
	network, err := Listen(2)
	if err != nil {
		t.Fatal(err)
	}
	defer network.Close()
	hosts := network.Hosts()
	w := New()
	ana := w.Instance(hosts[0], Mastodon45, PlainHTTP).Person("ana")
	bo := w.Instance(hosts[1], GoToSocial, PlainHTTP).Person("bo")
	p := bo.Post(start, Draft{Text: "hello @ana@" + hosts[0], Media: []Media{{}}})
	network.Serve(w)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	read := func(p *Person, url string) string {
		response, err := request(t, client, p, url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if body := read(ana, ana.home.BaseURL()+"/api/v1/notifications"); !strings.Contains(body, `"uri":"http://`+hosts[1]) ||
		!strings.Contains(body, `"acct":"bo@`+hosts[1]) {
		t.Errorf("the mention is %s", body)
	}
	if body := read(nil, p.now().files[0].original()); body != string(p.now().files[0].data()) {
		t.Error("the file has other bytes")
	}
	ana.home.Down(true)
	if _, err := request(t, client, ana, ana.home.BaseURL()+"/api/v1/notifications"); err == nil {
		t.Error("a server that is down answers")
	}
}

func TestHandlerOfNobody(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("there is a handler for a host that is not there")
		}
	}()
	New().Handler("a.example")
}

func TestAboutPages(t *testing.T) {
	w := New()
	modern, old := w.Instance("a.example", Mastodon45), w.Instance("b.example", Mastodon31)
	gts := w.Instance("c.example", GoToSocial)
	for _, test := range []struct {
		inst *Instance
		path string
		code int
		want string
	}{
		{modern, "/api/v2/instance", 200, `"api_versions":{"mastodon":7}`},
		{modern, "/api/v1/instance", 200, `"version":"4.5.4"`},
		{modern, "/.well-known/nodeinfo", 200, `"href":"https://a.example/nodeinfo/2.0"`},
		{modern, "/nodeinfo/2.0", 200, `"software":{"name":"mastodon"`},
		{old, "/api/v2/instance", 404, `{"error":"Not Found"}`},
		{old, "/api/v1/instance", 200, `"version":"3.1.5"`},
		{gts, "/api/v2/instance", 200, `"version":"0.20.0`},
		{gts, "/nodeinfo/2.0", 200, `"name":"gotosocial"`},
	} {
		if a := ask(test.inst, nil, test.path); a.code != test.code || !strings.Contains(a.body, test.want) {
			t.Errorf("%s%s answers %d %s", test.inst.host, test.path, a.code, a.body)
		}
	}
	if a := ask(gts, nil, "/api/v2/instance"); strings.Contains(a.body, "api_versions") {
		t.Error("GoToSocial has api_versions")
	}
}

func TestImpoliteRequests(t *testing.T) {
	w := New()
	for _, test := range []struct {
		software  Software
		userAgent string
		accept    string
		want      int
	}{
		{GoToSocial, "", "", 418},
		{GoToSocial, "x", "text/html", 406},
		{GoToSocial, "x", "application/json", 200},
		{GoToSocial, "x", "", 200},
		{Mastodon45, "", "text/html", 200},
	} {
		host := strings.ToLower(test.software.Name) + test.userAgent + strings.ReplaceAll(test.accept, "/", "-")
		i := w.Instance(host, test.software)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/api/v1/instance", nil)
		if err != nil {
			t.Fatal(err)
		}
		network := ServeMemory(w)
		r.Header.Set("User-Agent", test.userAgent)
		r.Header.Set("Accept", test.accept)
		response, err := network.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != test.want {
			t.Errorf("%s, %q, %q: %d, want %d", i.host, test.userAgent, test.accept, response.StatusCode, test.want)
		}
		network.Close()
	}
}

func TestWithoutToken(t *testing.T) {
	ana := New().Instance("a.example", Mastodon45).Person("ana")
	p := ana.Say(start, "hello")
	for path, want := range map[string]int{
		"/api/v1/favourites": 401, "/api/v1/statuses/" + ana.home.ID(p): 200, "/api/v2/search?q=x": 401,
	} {
		if a := ask(ana.home, nil, path); a.code != want {
			t.Errorf("%s answers %d, want %d", path, a.code, want)
		}
	}
}
