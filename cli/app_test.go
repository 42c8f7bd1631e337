package cli_test

import (
	"strings"
	"sync"
	"testing"

	"lama/cli"
)

// Command lines side by side have nothing in common, and none says what another was asked. (It takes -race to fail.)
func TestCommandLinesShareNothing(t *testing.T) {
	var all sync.WaitGroup
	for _, line := range []string{"lama --version", "lama --help", "lama status --help", "lama --version", "lama --help"} {
		all.Go(func() {
			for range 20 {
				var out strings.Builder
				env := cli.Environment{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Dir: t.TempDir()}
				code := cli.Run(t.Context(), strings.Fields(line), env)
				if says := strings.Contains(out.String(), "USAGE:"); code != 0 || says != strings.HasSuffix(line, "--help") {
					t.Errorf("%s: exit code %d\n%s", line, code, out.String())
				}
			}
		})
	}
	all.Wait()
}
