package cli_test

import (
	"bytes"
	"os"
	"os/exec"
)

// process is the program in a process of its own, to be started by the test; what it writes is kept in buffers.
func (h *house) process(args ...string) *exec.Cmd {
	h.t.Helper()
	schema, err := os.ReadFile("../schema.sql")
	if err != nil {
		h.t.Fatal(err)
	}
	cmd := exec.CommandContext(h.t.Context(), os.Args[0], args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), "LAMA_TEST_AS_PROGRAM=1", "LAMA_TEST_SCHEMA="+string(schema), "LAMA_DATABASE_URL="+h.database)
	for name, value := range h.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return cmd
}
