//go:build !unix

package pgtest

import "os/exec"

const supported = false

func folder() (string, error)  { return "", errUnsupported }
func own(*exec.Cmd)            {}
func (s *Server) watch() error { return errUnsupported }
