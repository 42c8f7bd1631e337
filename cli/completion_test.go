package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompletion(t *testing.T) {
	for shell, part := range map[string]string{
		"bash": "complete -o bashdefault", "zsh": "#compdef lama\n", "fish": "complete -c lama",
	} {
		got := newHome(t).run(nil, "completion", shell)
		if got.code != 0 || !strings.Contains(got.stdout, part) {
			t.Errorf("%s: got %v", shell, got)
		}
	}
}

// The script is loaded into each shell that is here, and asked.
func TestCompletionWorks(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(program, filepath.Join(dir, "lama")); err != nil {
		t.Skip(err)
	}
	ask := map[string]string{
		"bash": `source <(lama completion bash); COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_lama; printf '%s\n' "${COMPREPLY[@]}"`,
		"fish": `lama completion fish | source; complete -C $argv[1]`,
		"zsh": `compdef() { }; compadd() { shift; print -l -- "$@" }; _files() { }
			source <(lama completion zsh); words=(${=1})
			CURRENT=${#words}; _lama`,
	}
	for shell, script := range ask {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip("not installed")
			}
			for line, want := range map[string][]string{
				"lama ini":           {"init"},
				"lama revo":          {"revoke"},
				"lama init --no":     {"--no-browser"},
				"lama config --j":    {"--json"},
				"lama completion --": {"--help"}, // and no end of the flags
				"lama export m":      {"markdown", "mastodon"},
				"lama help rest":     {"restore"},
				"lama help import l": {"lama"},
			} {
				args := []string{"-c", script, line}
				if shell != "fish" {
					args = []string{"-c", script, shell, line}
				}
				cmd := exec.CommandContext(t.Context(), path, args...)
				cmd.Env = append(os.Environ(), "LAMA_TEST_AS_PROGRAM=1", "PATH="+dir+":"+os.Getenv("PATH"),
					"GORACE=atexit_sleep_ms=0")
				cmd.Dir = dir // fish offers files too
				out, err := cmd.CombinedOutput()
				got := prefixed(strings.Fields(string(out)), line[strings.LastIndex(line, " ")+1:])
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%q: %v %s", line, err, diff)
				}
			}
		})
	}
}

// prefixed is what a shell shows of the candidates: zsh and fish filter by themselves.
func prefixed(words []string, prefix string) []string {
	var kept []string
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			kept = append(kept, w)
		}
	}
	return kept
}
