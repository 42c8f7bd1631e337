//go:build sqlite

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lama/archive"
	"lama/creds"
	"lama/mastodon/mastodontest"
	"lama/store/pgtest"
	"lama/store/storetest"
)

// commands are those of the scripts beside testscript's own.
var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":     exits,     // exits CODE PROGRAM [ARGUMENT]...
	"start":     start,     // start NAME PROGRAM [ARGUMENT]...: in the background
	"printed":   printed,   // printed NAME TEXT: waits until the started program has printed it
	"signal":    signal,    // signal NAME INT|TERM|KILL
	"ends":      ends,      // ends NAME CODE: waits for a started program
	"fediverse": fediverse, // [today]: serves a household; sets ANA, BO, CLEO, their …_TOKEN and …_SAFE, and HOST1 to HOST3
	"household": household, // writes user/prefs.json and the credentials of all members
	"expand":    expand,    // expand FILE...: $NAME becomes the value
	"secret":    secret,    // secret TEXT: nothing may show it
	"postgres":  postgres,  // sets LAMA_DATABASE_URL to a fresh database, with a password; skips where there is none
	"activity":  activity,  // lets time pass in the fediverse
	"revoked":   revoked,   // revoked MEMBER: the tokens are no longer valid
	"gone":      gone,      // gone MEMBER: the server says that it is no more
	"moved":     moved,     // moved MEMBER MEMBER: the first has moved to the second
	"lines":     lines,     // lines FILE: the output has these, DATE and N standing for any
	"exposed":   exposed,   // exposed FILE: it is Prometheus' text, which becomes the output
	"hold":      hold,      // hold [PATH]...: keeps all requests to the servers waiting, or those below these paths
	"held":      held,      // held N: until so many wait
	"release":   release,   // lets them go on
	"requests":  requests,  // requests MIN MAX: those of the API since the last time
	"truth":     truth,     // compares the archive's activities with what the fediverse knows
	"lama1":     lama1,     // lama1 FOLDER: archives the household as LAMA 1.1 did
	"pointed":   pointed,   // pointed FOLDER: every row of LAMA's database is in ours
	"purged":    purged,    // purged FOLDER: the servers forget what others posted, of all that LAMA has there
	"tree":      tree,      // tree FOLDER: the files in it, with their sizes and times, are the output
	"query":     query,     // query SQL: the rows are the output
	"queryfile": queryFile, // queryfile FILE: the same with the SQL in a file
	"change":    change,    // change SQL: in the SQLite database, behind the program's back
	"rot":       rot,       // rot PATTERN: changes a byte of the first file of the data folder that matches
	"lose":      lose,      // lose PATTERN: removes it
	"stray":     stray,     // stray FILE: makes a file that the program knows nothing of
	"mode":      mode,      // mode PERMISSIONS PATTERN: of all files that match, at least one
	"files":     files,     // files N PATTERN: so many match
	"takeout":   takeout,   // takeout MEMBER FILE: what the server gives its user to take along, as a folder, .zip or .tar.gz
	"archived":  archived,  // archived MEMBER NAME: what mastodon-archive keeps, in NAME.json and the folder NAME
	"unlisted":  unlisted,  // unlisted MEMBER: takes the account out of prefs.json
	"unliked":   unliked,   // unliked MEMBER: the first post that the member has liked is deleted
	"unfetched": unfetched, // unfetched MEMBER: none of the member's files was asked for
	"jsonlines": jsonlines, // the output was one JSON object per line, with a level, a time and a message
}

// scriptDays is how long the life of a script's household lasts, generously.
const scriptDays = 8

// fediverse serves a small generated world.
func fediverse(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	servers, err := mastodontest.Listen(3)
	ts.Check(err)
	ts.Defer(servers.Close)
	mix := mastodontest.Household(servers.Hosts()...)
	mix.Options = append(mix.Options, mastodontest.PlainHTTP)
	mix.Posts, mix.Polls, mix.Depth, mix.Calm = 8, 1, 3, true
	if slices.Contains(args, "today") {
		mix.Begin = time.Now().AddDate(0, 0, -scriptDays)
	}
	s.world = mastodontest.Generate(1, mix)
	servers.Serve(s.world)
	for n, host := range servers.Hosts() {
		ts.Setenv(fmt.Sprint("HOST", n+1), host)
	}
	for _, p := range s.world.Household() {
		name := strings.ToUpper(p.User())
		ts.Setenv(name, p.Handle())
		ts.Setenv(name+"_TOKEN", p.Token())
		ts.Setenv(name+"_SAFE", p.Account().Safe())
		s.secrets = append(s.secrets, p.Token())
	}
}

// household writes what a household would have.
func household(ts *testscript.TestScript, _ bool, _ []string) {
	s := stageOf(ts)
	accounts := []map[string]string{}
	for _, p := range s.world.Household() {
		accounts = append(accounts, map[string]string{"username": p.User(), "instance": p.Instance().BaseURL()})
		user := creds.User{Token: creds.NewToken(p.Token()), BaseURL: p.Instance().BaseURL()}
		ts.Check(creds.In(ts.MkAbs("user")).SaveUser(p.Account(), user))
	}
	text, err := json.Marshal(map[string]any{"accounts": accounts, "prefs": map[string]any{"allow_private_hosts": s.hosts()}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("user/prefs.json"), text, 0o600))
}

func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

func secret(ts *testscript.TestScript, _ bool, args []string) {
	stageOf(ts).secrets = append(stageOf(ts).secrets, args...)
}

func postgres(ts *testscript.TestScript, _ bool, _ []string) {
	s := stageOf(ts)
	address, err := url.Parse(pgtest.URL(s.t))
	ts.Check(err)
	if _, has := address.User.Password(); !has { // the server asks for none
		address.User = url.UserPassword(address.User.Username(), "opensesame-123")
	}
	password, _ := address.User.Password()
	s.secrets = append(s.secrets, password)
	s.address = address.String()
	ts.Setenv("LAMA_DATABASE_URL", s.address)
}

func activity(ts *testscript.TestScript, _ bool, _ []string) { stageOf(ts).world.MoreActivity(2) }

func revoked(ts *testscript.TestScript, _ bool, args []string) {
	stageOf(ts).member(ts, args[0]).Revoke()
}

func hold(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	s.gate = s.world.Hold(func(r mastodontest.Request) bool {
		below := func(path string) bool { return strings.HasPrefix(r.Path, path) }
		return len(args) == 0 || slices.ContainsFunc(args, below)
	})
}

func held(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ts.Check(stageOf(ts).gate.Wait(ctx, n))
}

func release(ts *testscript.TestScript, _ bool, _ []string) { stageOf(ts).gate.Release() }

func requests(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	least, err := strconv.Atoi(args[0])
	ts.Check(err)
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	if n := len(s.world.Log().API()); n < least || n > most {
		ts.Fatalf("%d requests, want %d to %d", n, least, most)
	}
	s.world.ForgetLog()
}

// truth compares why each post is in the archive.
func truth(ts *testscript.TestScript, _ bool, _ []string) {
	s := stageOf(ts)
	limits := archive.Limits{archive.ChainParent: 100, archive.ChainLink: 100, archive.ChainQuote: 100}
	want, got := []string{}, []string{}
	for _, a := range s.world.Truth(s.world.Household(), limits, nil).Activities {
		want = append(want, a.Account+" "+a.Type())
	}
	for _, row := range storetest.Query(s.t, s.database(ts), "SELECT account, activity_type FROM activities") {
		got = append(got, row[0]+" "+row[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) || len(want) == 0 {
		ts.Fatalf("%d activities, want %d", len(got), len(want))
	}
}

func queryFile(ts *testscript.TestScript, neg bool, args []string) {
	query(ts, neg, []string{ts.ReadFile(args[0])})
}

func query(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	for _, row := range storetest.Query(s.t, s.database(ts), args[0]) {
		_, err := fmt.Fprintln(ts.Stdout(), strings.Join(row, " | "))
		ts.Check(err)
	}
}

func change(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs("user/data/lama.db"))
	ts.Check(err)
	_, err = db.Exec(args[0])
	ts.Check(errors.Join(err, db.Close()))
}

// first is the first file of the data folder that matches.
func first(ts *testscript.TestScript, pattern string) string {
	found := matching(ts, "user/data/"+pattern)
	if len(found) == 0 {
		ts.Fatalf("nothing matches %s", pattern)
	}
	return found[0]
}

func rot(ts *testscript.TestScript, _ bool, args []string) {
	path := first(ts, args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	content[len(content)-1] ^= 1
	ts.Check(os.WriteFile(path, content, 0o600))
}

func lose(ts *testscript.TestScript, _ bool, args []string) { ts.Check(os.Remove(first(ts, args[0]))) }

func stray(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("a person's"), 0o600))
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	for _, path := range matching(ts, args[1]) {
		info, err := os.Stat(path)
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s has the mode %s, want %s", path, got, args[0])
		}
	}
	if len(matching(ts, args[1])) == 0 {
		ts.Fatalf("nothing matches %s", args[1])
	}
}

func files(ts *testscript.TestScript, _ bool, args []string) {
	if found := matching(ts, args[1]); strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d files match %s, want %s: %v", len(found), args[1], args[0], found)
	}
}

func matching(ts *testscript.TestScript, pattern string) []string {
	found, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	return found
}

func jsonlines(ts *testscript.TestScript, _ bool, _ []string) {
	n := 0
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var object struct{ Level, Time, Message string }
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("%v in %s", err, line)
		}
		if object.Level == "" || object.Time == "" || object.Message == "" {
			ts.Fatalf("no level, time or message in %s", line)
		}
		n++
	}
	if n == 0 {
		ts.Fatalf("nothing was printed")
	}
}
