package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"lama/archive"
)

// publicName is under which name browsers reach the reader from elsewhere.
const publicName = "lama.example"

// certified is a certificate for the reader that its own key has signed, and by which digest browsers know that key.
func certified(t *testing.T) (c tls.Certificate, digest string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{publicName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, base64.StdEncoding.EncodeToString(sum[:])
}

// elsewhere opens the reader over https, and a browser for each of the persons, in which nobody has signed in yet.
func (f *fixture) elsewhere(t *testing.T, persons ...string) map[string]*browser {
	t.Helper()
	certificate, digest := certified(t)
	f.lock()
	server := httptest.NewUnstartedServer(f.reader)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	f.reader.Hosts = []string{publicName + ":" + port}
	all := map[string]*browser{}
	for _, person := range persons {
		all[person] = f.launch(t, "https://"+publicName+":"+port, chromedp.Flag("ignore-certificate-errors-spki-list", digest),
			chromedp.Flag("host-resolver-rules", "MAP "+publicName+" 127.0.0.1"))
	}
	return all
}

// comesIn follows the link of an invitation.
func (b *browser) comesIn(person string) (link string) {
	b.t.Helper()
	code := rand.Text()
	if err := b.store.Invite(b.t.Context(), person, code); err != nil {
		b.t.Fatal(err)
	}
	link = at("/signin", "code", code)
	b.visit(link)
	b.do(chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS(".person-out")))
	b.is("location.pathname", "/")
	b.is(`document.querySelector(".person-out span").textContent`, person)
	b.is("document.cookie", "") // what opens the door is not for scripts
	return link
}

// page is all that the browser has of an address.
func (b *browser) shown(path string) string {
	b.t.Helper()
	b.visit(path)
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// secrets are what ana alone may see, one for each way in which something is hers alone.
func (f *fixture) secrets() []*secret {
	f.t.Helper()
	return []*secret{
		f.newSecret(ana, archive.BasePost, "ana@home.example", "10", "private"),
		f.newSecret(ana, archive.BasePost, "ana@home.example", "11", "direct"),
		f.newSecret(ana, archive.BaseFavourite, "zoe@far.example", "12", "public"),
		f.newSecret(ana, archive.BaseBookmark, "yan@far.example", "13", "unlisted"),
		f.newSecret(ana, archive.BaseMention, "xia@far.example", "14", "direct"),
		f.newSecret(ana, archive.BasePoll, "wim@far.example", "15", "public"),
	}
}

// Two persons sign in from elsewhere, each by a link. Whatever address of ana's bob writes into his browser, it shows him
// nothing of hers, also in the thread around what he may see.
func TestTwoPersonsInBrowsers(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	secrets := f.secrets()
	hangs := replyTo(status("ana@home.example", "21", "public", nil), secrets[0].post)
	f.did(ana, archive.BasePost, hangs, replyTo(status("ana@home.example", "22", "private", map[string]any{"content": "canaryreply"}), hangs))
	browsers := f.elsewhere(t, "ana", "bob")
	anas, bobs := browsers["ana"], browsers["bob"]
	anas.comesIn("ana")
	bobs.comesIn("bob")
	for _, s := range secrets {
		for _, canary := range s.canaries[2:4] {
			if page := anas.shown(at("/post", "uri", s.post.URI)); !strings.Contains(page, canary) {
				t.Errorf("ana does not see %s of %s", canary, s.post.URI)
			}
		}
		bobs.findsNothing(s, at("/post", "uri", hangs.URI))
	}
	if page := anas.shown(at("/post", "uri", hangs.URI)); !strings.Contains(page, "canaryreply") {
		t.Error("ana does not see her reply in the thread")
	}
	anas.stayed()
	bobs.stayed()
}

// findsNothing tries whatever address there is of a secret, and some more.
func (b *browser) findsNothing(s *secret, more ...string) {
	b.t.Helper()
	paths := append(more, at("/post", "uri", s.post.URI), at("/post", "uri", s.post.URL), at("/raw", "uri", s.post.URI), "/media/"+s.sum,
		"/author/"+s.post.Author, "/tag/"+s.post.Hashtags[0], at("/search", "q", s.canaries[2]), at("/search", "q", "from:"+s.post.Author),
		at("/search", "q", "language:"+s.canaries[1]), at("/suggest", "q", "tag:can"), "/", "/tags", "/statistics", "/media", "/timeline",
		"/timeline?in=favourites&by="+ana.Name(), "/timeline?in=bookmarks", "/timeline?in=mentions", "/timeline?in=polls")
	for _, path := range paths {
		page := b.shown(path)
		for _, canary := range append(s.canaries, "canaryreply") {
			if strings.Contains(path, canary) { // a page repeats what it was asked for
				page = strings.ReplaceAll(page, canary, "")
			}
			if strings.Contains(page, canary) {
				b.t.Errorf("%s of %s is shown at %s", canary, s.post.URI, path)
			}
		}
	}
}

// A link lets in once. Who signs out, or whose session is ended, has to sign in again.
func TestSessionsEndInBrowsers(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.did(ana, archive.BasePost, status("ana@home.example", "10", "private", nil))
	b := f.elsewhere(t, "ana")["ana"]
	b.visit("/timeline")
	b.is("location.pathname", "/signin")
	link := b.comesIn("ana")
	b.do(chromedp.Click(chromedp.CSS(".person-out button")), chromedp.WaitVisible(chromedp.CSS("#code")))
	for _, path := range []string{"/", "/timeline", "/media", at("/raw", "uri", "x")} {
		b.visit(path)
		b.is("location.pathname", "/signin")
	}
	b.visit(link)
	b.do(chromedp.Click(chromedp.CSS("main button")), chromedp.WaitVisible(chromedp.CSS("[role=alert]")))
	b.comesIn("ana")
	sessions, err := f.store.Sessions(t.Context())
	if err != nil || len(sessions) != 1 || !strings.Contains(sessions[0].Browser, "Chrome") {
		t.Fatalf("sessions %+v (%v)", sessions, err)
	}
	if ended, err := f.store.EndSession(t.Context(), sessions[0].ID); !ended || err != nil {
		t.Fatalf("the session is not ended (%v)", err)
	}
	b.visit("/timeline")
	b.is("location.pathname", "/signin")
	b.stayed()
}
