//go:build unix

package pgtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const supported = true

// root is where servers have their folders: not $TMPDIR, whose path may be too long for a socket (103 bytes) or
// closed to the user that the server runs as.
const root = "/tmp"

const prefix = "lama-pgtest-"

// folder makes a folder for a server, owned by whoever is to run it, and removes what earlier processes left.
func folder() (string, error) {
	sweep(root)
	dir, err := os.MkdirTemp(root, fmt.Sprintf("%s%d-", prefix, os.Getpid()))
	if err != nil {
		return "", err
	}
	who, err := credential()
	if err == nil && who != nil {
		err = os.Chown(dir, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	return dir, nil
}

// credential is another user to run the server as, which PostgreSQL wants where we are root; otherwise nil.
func credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(errUID, errGID)
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// own makes a command run as the folder's owner and out of reach of this terminal's Ctrl-C.
func own(cmd *exec.Cmd) {
	who, _ := credential() // its error came to light in folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: who}
}

// vigil waits for the end of the test process, ends the server (QUIT: at once, but leaving no shared memory)
// and removes its folder. Only a server that ended in order, within 10 s, has removed its postmaster.pid.
const vigil = `cat >/dev/null
pid="$1/data/postmaster.pid"
[ -e "$pid" ] && kill -QUIT "$(head -n 1 "$pid")"
n=0
while [ -e "$pid" ] && kill -0 "$(head -n 1 "$pid")" && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
rm -rf "$1"`

// watch starts the guard. It holds nothing of ours but its end of the pipe: go test waits for whoever holds the
// standard output.
func (s *Server) watch() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	guard := exec.Command("/bin/sh", "-c", vigil, "pgtest-guard", s.dir)
	guard.Dir, guard.Stdin = root, r
	own(guard)
	if err := guard.Start(); err != nil {
		return errors.Join(err, w.Close())
	}
	s.guard, s.leash = guard, w
	return nil
}

// sweep removes the folders whose guard was killed too: those of which neither the test process, named by the
// folder, nor the server is alive.
func sweep(root string) {
	dirs, _ := filepath.Glob(filepath.Join(root, prefix+"*"))
	for _, dir := range dirs {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		server, _, _ := strings.Cut(string(b), "\n")
		if dead(owner) && (errors.Is(err, fs.ErrNotExist) || dead(server)) {
			_ = os.RemoveAll(dir)
		}
	}
}

// dead says whether there is no such process. What is not a number says nothing.
func dead(pid string) bool {
	n, err := strconv.Atoi(pid)
	return err == nil && errors.Is(syscall.Kill(n, 0), syscall.ESRCH)
}
