package main

import (
	"os"
	"strings"
	"testing"

	"lama/cli"
	"lama/config"
)

// What the README says of preferences and exit codes is what the program does.
func TestTheReadmeIsTrue(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{"preferences": config.Markdown(), "exit codes": cli.ExitCodes()} {
		if !strings.Contains(string(text), strings.TrimSpace(want)) {
			t.Errorf("README.md has not these %s:\n%s", what, want)
		}
	}
}
