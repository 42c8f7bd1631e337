package cli

import (
	_ "embed"
	"io"

	"github.com/urfave/cli/v2"
)

//go:embed completion.bash
var bashCompletion string

//go:embed completion.zsh
var zshCompletion string

//go:embed completion.fish
var fishCompletion string

func (s *session) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print a shell's completion script", ArgsUsage: "bash|zsh|fish",
		Description: "bash: lama completion bash > ~/.local/share/bash-completion/completions/lama\n" +
			"zsh:  lama completion zsh > \"${fpath[1]}/_lama\"\n" +
			"fish: lama completion fish > ~/.config/fish/completions/lama.fish",
		Action: func(c *cli.Context) error {
			args, err := arguments(c, "bash|zsh|fish")
			if err != nil {
				return err
			}
			script, err := completion(args[0])
			if err != nil {
				return err
			}
			_, err = io.WriteString(s.Stdout, script)
			return err
		},
	}
}

func completion(shell string) (string, error) {
	scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	script, ok := scripts[shell]
	if !ok {
		return "", unknown("shell", shell, []string{"bash", "zsh", "fish"})
	}
	return script, nil
}
