package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a browser may take for all that a test does; a page takes a fraction of a second.
const patience = 10 * time.Minute

// browser is a Chromium that looks at the reader with a person's eyes.
type browser struct {
	*fixture
	ctx     context.Context
	address string

	mu    sync.Mutex
	asked []string // the addresses of its requests
	heard []string // what scripts and the content policy said, and what was opened over the page
}

// open starts a browser that comes as a person to the reader of this machine.
func (f *fixture) open(t *testing.T, person string) *browser {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.Host = host
		q.Header.Set(asPerson, person)
		f.reader.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	return f.launch(t, server.URL)
}

// launch starts a browser, and skips the test where this machine has none.
func (f *fixture) launch(t *testing.T, address string, flags ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("CI must have a browser (Debian: apt-get install chromium)")
	}
	if err != nil {
		t.Skip("SKIPPED: there is no chromium here (Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1200, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(options, flags...)...)
	t.Cleanup(cancel)
	b := &browser{fixture: f, address: address}
	b.ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(b.note))
	t.Cleanup(cancel)
	b.ctx, cancel = context.WithTimeout(b.ctx, patience)
	t.Cleanup(cancel)
	b.do()
	command(b, network.Enable, network.EnableParams{})
	return b
}

// note keeps what a browser tells of a page.
func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *cdplog.EventEntryAdded:
		if e.Entry.Source != cdplog.EntrySourceNetwork { // what is missing is none of a script's doings
			b.heard = append(b.heard, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		b.heard = append(b.heard, fmt.Sprintf("console: %s", e.Args[0].Value))
	case *runtime.EventExceptionThrown:
		b.heard = append(b.heard, "an error: "+e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		b.heard = append(b.heard, "a dialog: "+e.Message)
	}
}

// hears is what was heard since it was asked last.
func (b *browser) hears() (all []string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("1")); err != nil { // what it said before has come by then
		b.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	all, b.heard = b.heard, nil
	return all
}

// command sends the browser's tab a command of its protocol.
func command[P, R any](b *browser, c cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		b.t.Fatal(err)
	}
}

// scheme has the browser prefer dark or light.
func (b *browser) scheme(name string) {
	b.t.Helper()
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// goes does what leads to another page, and waits until that has loaded: its keys work then, and none of the page before is left.
func (b *browser) goes(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) visit(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.address + path)) }

// is checks what an expression of JavaScript comes to in the page, as soon as it does. Until all is there of which it speaks,
// it may fail.
func (b *browser) is(expression, want string) {
	b.t.Helper()
	wait := "(() => { try { return (" + expression + ") === " + quoted(want) + " } catch { return false } })()"
	_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](wait, chromedp.WithPollingTimeout(30*time.Second)))
	for err != nil && strings.Contains(err.Error(), "Cannot find context") { // a link was followed meanwhile
		_, err = chromedp.Run(b.ctx, chromedp.Poll[bool](wait, chromedp.WithPollingTimeout(30*time.Second)))
	}
	if err != nil {
		got, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expression+")"))
		b.t.Errorf("%s is %q, want %q (%v)", expression, got, want, err)
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// stayed checks that no request went to another host.
func (b *browser) stayed() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.asked {
		if !strings.HasPrefix(url, b.address+"/") {
			b.t.Errorf("a request went to %s", url)
		}
	}
	if len(b.asked) == 0 {
		b.t.Error("no request was seen at all")
	}
}

const focused = `document.activeElement.getAttribute("data-open")`

func TestKeysInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	s := f.tell()
	b := f.open(t, "ana")
	b.visit("/timeline")
	b.do(chromedp.KeyEvent("j"))
	b.is(focused, at("/post", "uri", s.quote.URI))
	b.do(chromedp.KeyEvent("j"))
	b.is(focused, at("/post", "uri", s.edited.URI))
	b.do(chromedp.KeyEvent("k"), chromedp.KeyEvent("?"))
	b.is(`document.activeElement.closest("dialog").id`, "help")
	b.do(chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent("j"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(".versions")))
	b.is(`location.pathname + location.search`, at("/post", "uri", s.edited.URI))
	b.is(`document.querySelector(".versions ins").textContent`, " It took the fish with it.")
	b.do(chromedp.KeyEvent("/"))
	b.is(`document.activeElement.id`, "q")
	b.do(chromedp.KeyEvent("jk")) // in the box they are letters
	b.is(`document.activeElement.id`, "q")
	b.stayed()
}

func TestLightboxInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	f.tell()
	b := f.open(t, "")
	b.visit("/media")
	b.do(chromedp.Click(chromedp.CSS("a[data-lightbox]")))
	b.is(`document.querySelector("#lightbox[open] figcaption").textContent`, "The pond under a low sun")
	b.do(chromedp.KeyEvent(kb.ArrowRight))
	b.is(`document.querySelector("#lightbox[open] img").alt`, "A heron at dawn, grey on grey, seen from behind")
	b.is(`String(document.querySelector("#lightbox img").naturalWidth)`, "720")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.is(`String(document.querySelector("dialog[open]"))`, "null")
	b.stayed()
}

func TestDarkInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	b := f.open(t, "ana")
	for scheme, want := range map[string]string{"light": "rgb(244, 243, 248)", "dark": "rgb(20, 19, 26)"} {
		b.scheme(scheme)
		b.visit("/")
		b.is(`getComputedStyle(document.body).backgroundColor`, want)
	}
}

func TestWithoutJavaScriptInABrowser(t *testing.T) {
	f := newFixture(t, databases["postgres"](t))
	s := f.tell()
	b := f.open(t, "ana")
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.visit(at("/post", "uri", s.question.URI))
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	shows(t, text, "Is anybody else’s heron this annoyed today?", "Mine has not moved", "That is a garden ornament.")
	b.do(chromedp.Click(chromedp.CSS(`a[data-lightbox]`)), chromedp.WaitVisible(chromedp.CSS("body > img")))
	b.stayed()
}
