// Command lama keeps an archive of what the fediverse accounts of a household post, boost, favourite and
// bookmark, with the conversations around it and all media.
package main

import (
	"context"
	_ "embed"
	"os"
	_ "time/tzdata" // TZ works also where the system has no time zones, as in a bare container

	"lama/cli"
)

//go:embed schema.sql
var schema string

func main() { os.Exit(run()) }

// run is main, for the tests that start this program.
func run() int {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return cli.Run(context.Background(), os.Args, cli.Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Dir: dir, Schema: schema,
		OpenBrowser: cli.OpenBrowser,
	})
}
