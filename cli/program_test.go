package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
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

// dieAt says, in the environment of the program, at which step of an import it kills itself.
const dieAt = "LAMA_TEST_DIE_AT"

// dieAtImport counts the steps of an import up to that one.
func dieAtImport() func() {
	left, _ := strconv.Atoi(os.Getenv(dieAt)) // 0: none
	return func() {
		if left--; left == 0 {
			die()
		}
	}
}

// die is kill -9 by one's own hand: what it is called from sees nothing after it.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	panic(fmt.Sprint("still alive: ", err, <-make(chan error)))
}
