// Command lama keeps an archive of what the fediverse accounts of a household post, boost, favourite and
// bookmark, with the conversations around it and all media.
package main

import (
	"context"
	_ "embed"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	_ "time/tzdata" // TZ works also where the system has no time zones, as in a bare container

	"lama/cli"
)

//go:embed schema.sql
var schema string

func main() { os.Exit(run()) }

// run is main, for the tests that start this program.
func run() int {
	rationMemory()
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return cli.Run(context.Background(), os.Args, cli.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Dir: dir, Schema: schema,
		OpenBrowser: cli.OpenBrowser,
	})
}

// early is the garbage that a young process may have, in percent: Go begins to collect it at 4 MB for each 100.
const early = 800

// memory is how many bytes Go may take up before it collects garbage at once: about twice what is in use at any moment of a
// first archive. The program itself and SQLite's caches come on top.
const memory = 56 << 20

// rationMemory has garbage collected for the first time at 32 MB, and from then on as ever, and sooner where memory is used up.
// A run with nothing new would collect it eight times, for a sixth of its processor time; a first archive would keep as much
// again as it uses. Whoever sets GOGC or GOMEMLIMIT decides otherwise.
func rationMemory() {
	if unset := debug.SetMemoryLimit(-1) == math.MaxInt64; unset {
		debug.SetMemoryLimit(memory)
	}
	usual := debug.SetGCPercent(early)
	if usual != 100 { // somebody has set GOGC
		debug.SetGCPercent(usual)
		return
	}
	runtime.AddCleanup(new([16]byte), func(usual int) { debug.SetGCPercent(usual) }, usual)
}
