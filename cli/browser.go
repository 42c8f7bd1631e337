package cli

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// OpenBrowser shows an address in the person's browser, without waiting for it. It fails where there is no
// display: on a server, over ssh.
func OpenBrowser(address string) error {
	var name string
	var args []string
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	case "darwin":
		name = "open"
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return errors.New("no display")
		}
		name = "xdg-open"
	}
	// #nosec G204 -- the system's own opener, without a shell; the address is ours
	cmd := exec.Command(name, append(args, address)...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // its exit code says nothing of the browser
	return nil
}
