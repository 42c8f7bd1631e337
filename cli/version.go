package cli

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// version is the module's, with the commit and the toolchain that built it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	details := []string{info.GoVersion, runtime.GOOS + "/" + runtime.GOARCH}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			details = append([]string{setting.Value}, details...)
		}
	}
	return info.Main.Version + " (" + strings.Join(details, ", ") + ")"
}

// userAgent names us to servers: GoToSocial refuses who has no name.
func userAgent() string {
	v, _, _ := strings.Cut(version(), " ")
	return "LAMA/" + strings.Trim(v, "()")
}
