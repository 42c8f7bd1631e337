package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// directions says of each package which others of ours it imports, and why no more: a package that knows less can be
// read, tested and trusted alone. "…" stands for whatever it likes.
var directions = []struct{ pkg, imports, why string }{
	{"main", "cli", "it only hands the process over"},
	{"cli", "…", "one file per command, where everything is wired together and nowhere else"},
	{"bench", "archive creds disk mastodon/mastodontest search store store/pgtest web",
		"it runs the program from outside; the store makes tables, and disk writes files, for what LAMA is compared with, and is read"},
	{"archive", "", "the vocabulary: what all speak of can depend on none of them"},
	{"config", "archive", "it names accounts; what a preference does is others' business"},
	{"creds", "archive", "a credential is an account's; it must not know who sends it"},
	{"discreet", "", "what servers tell everybody alike is a list of fields"},
	{"disk", "archive", "a path is an account's or a post's; it knows neither servers nor rows"},
	{"logs", "", "anything can be logged, and logging can break nothing"},
	{"markup", "", "HTML in, text and links out"},
	{"permalink", "", "an address in, what it names out, without asking anybody"},
	{"mastodon", "", "the API as servers speak it; what becomes of an answer is not its business"},
	{"mastodon/mastodontest", "archive", "a fake that shared code with the client would share its mistakes"},
	{"throttle", "", "it paces requests without knowing what they ask"},
	{"outward", "", "it guards connections without knowing what they fetch"},
	{"progress", "archive", "it shows what happens and makes nothing happen"},
	{"plan", "archive", "arithmetic: who asks for its figures and shows them is no matter to it"},
	{"alarm", "archive", "rules over figures: who reads them and who tells is no matter to it"},
	{"metrics", "", "a format: it knows no figure by name"},
	{"pipeline", "archive", "every goroutine and channel, and nothing of Mastodon, databases or files"},
	{"stages", "archive disk markup mastodon permalink", "plain functions; what they yield is committed by somebody else"},
	{"importer", "archive disk pipeline stages", "it commits what a source yields as a run commits answers; which sources there are is others' business"},
	{"importer/lama", "archive importer stages", "it reads LAMA's folder; what becomes of it is the importer's business"},
	{"importer/lama/lamatest", "", "a LAMA 1.1 that shared code with the import would share its mistakes"},
	{"verify", "archive disk stages", "it compares files with rows, however these are kept; the write stage knows how JSON files come of them"},
	{"importer/stream", "", "it reads large JSON, whatever that says"},
	{"importer/export", "archive importer importer/stream permalink stages", "an export in, posts in the form of the API and claims out"},
	{"importer/mastodonarchive", "archive importer importer/stream mastodon stages", "posts come as the API sent them: what becomes of these is not its business"},
	{"backup", "archive config disk stages store verify",
		"rows and files together; the write stage knows how JSON files come of rows, and verify which files no row tells of"},
	{"search", "archive", "what a search means is one thing for every database, and for people and programs"},
	{"store", "archive discreet search", "it commits what it is handed, wherever that came from, and finds it again"},
	{"export", "archive disk search store", "what leaves is what the store lets out: it sees neither configuration nor servers"},
	{"web", "archive discreet markup search store", "it shows what the store lets a viewer see, and knows neither configuration nor servers"},
	{"site", "archive disk export store web", "what leaves, as the reader shows it: it neither chooses nor renders posts itself"},
	{"store/pgtest", "", "a throw-away Postgres is of use to any test"},
	{"store/storetest", "", "it looks at a database as a person would, not through the store"},
	{"contrib/systemd", "", "tests of the units beside it"},
}

// forTests are packages of which the program has nothing, but the fake fediverse, which is what `lama demo` shows.
var forTests = []string{
	"lama/importer/lama/lamatest", "lama/store/pgtest", "lama/store/storetest", "pgregory.net/rapid", "github.com/google/go-cmp/cmp",
	"go.uber.org/goleak", "github.com/rogpeppe/go-internal/testscript", "testing",
}

// goPackage is a package as `go list` has it.
type goPackage struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string // of what is no test
	CgoFiles   []string
}

// list is `go list`, with the tag, and as if there were a C compiler.
func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	args = append([]string{"list", "-json=ImportPath,Name,Standard,Imports,CgoFiles"}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	var stderr strings.Builder
	cmd.Stderr, cmd.Env = &stderr, append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// ours is the name of a package in directions; empty where it is not ours.
func ours(importPath string) string {
	if importPath == "lama" {
		return "main"
	}
	name, ok := strings.CutPrefix(importPath, "lama/")
	if !ok {
		return ""
	}
	return name
}

func TestDependenciesHaveADirection(t *testing.T) {
	want, got := map[string]string{}, map[string]string{}
	for _, d := range directions {
		want[d.pkg] = d.imports
	}
	for _, p := range list(t, "-tags=sqlite", "./...") {
		var imports []string
		for _, i := range p.Imports {
			if name := ours(i); name != "" {
				imports = append(imports, name)
			}
		}
		name := ours(p.ImportPath)
		if got[name] = strings.Join(imports, " "); want[name] == "…" {
			got[name] = "…"
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wanted of whom (-) and found (+); the reasons stand in the table:\n%s", diff)
	}
}

// A package that is named after nothing collects everything.
func TestPackagesAreNamedForWhatTheyAre(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, name := range []string{p.Name, path.Base(p.ImportPath)} {
			if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc"}, name) {
				t.Errorf("%s says nothing of what it is", p.ImportPath)
			}
		}
	}
}

func TestSQLiteIsLinkedWithItsTagOnly(t *testing.T) {
	for tags, want := range map[string]bool{"": false, "sqlite": true} {
		linked := list(t, "-deps", "-tags="+tags, ".")
		got := slices.ContainsFunc(linked, func(p goPackage) bool { return p.ImportPath == "modernc.org/sqlite" })
		if got != want {
			t.Errorf("-tags=%s: SQLite is linked: %t", tags, got)
		}
	}
}

// Without C the program can be built for any platform from any other one, and runs where there is no libc.
func TestNothingNeedsC(t *testing.T) {
	for _, p := range list(t, "-deps", "-tags=sqlite", ".") {
		if !p.Standard && len(p.CgoFiles) > 0 {
			t.Errorf("%s needs C: %v", p.ImportPath, p.CgoFiles)
		}
	}
}

// Whoever lists processes sees their arguments. The program starts a browser and nothing else, with the address that it
// shows anyway, and takes no secret as an argument.
func TestOnlyTheBrowserIsStarted(t *testing.T) {
	for _, p := range list(t, "-deps", "-tags=sqlite", ".") {
		name := ours(p.ImportPath)
		if name == "" || !slices.Contains(p.Imports, "os/exec") {
			continue
		}
		if name != "cli" {
			t.Errorf("%s starts programs", name)
		}
		found, err := exec.CommandContext(t.Context(), "grep", "-l", "os/exec", "--include=*.go", "-r", name).Output()
		for file := range strings.FieldsSeq(string(found)) {
			if file != "cli/browser.go" && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s starts programs", file)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func TestTheProgramHasNothingOfTheTests(t *testing.T) {
	for _, p := range list(t, "-deps", "-tags=sqlite", ".") {
		if slices.Contains(forTests, p.ImportPath) {
			t.Errorf("%s is linked", p.ImportPath)
		}
		if slices.Contains(p.Imports, "lama/mastodon/mastodontest") && p.ImportPath != "lama/cli" {
			t.Errorf("%s imports the fake fediverse", p.ImportPath)
		}
	}
}
