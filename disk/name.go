package disk

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

// maxName bounds a name in bytes: a file is called after an author and an id, and file systems stop at 255.
const maxName = 100

var (
	plainName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9.@_-]*[a-z0-9_])?$`)
	plainID   = regexp.MustCompile(`^[a-z0-9]([a-z0-9.@-]*[a-z0-9])?$`)

	// ASCII alone: file systems differ in how they normalise anything else, and then an archive that was copied
	// from one to another would no longer match its database.
	unsafeInName = regexp.MustCompile(`[^A-Za-z0-9.@_-]+|\.\.+`)
	unsafeInID   = regexp.MustCompile(`[^A-Za-z0-9.@-]+|\.\.+`)

	// reserved are devices on Windows, whatever follows the first dot.
	reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|(com|lpt)[0-9])(\.|$)`)

	lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// Name turns what a server sent into the name of a file or folder: at most 100 bytes of ASCII, beginning with a
// letter, a digit or an underscore, never reserved. Two inputs never share a name, also where the file system ignores
// case: what is not plain ends with "~" and a hash of the whole, and "~" is in no plain name.
func Name(s string) string { return safe(s, plainName, unsafeInName) }

// ID is [Name] for the id of a post. It has no underscore, so that "<author>_<id>" has one meaning only.
func ID(s string) string { return safe(s, plainID, unsafeInID) }

func safe(s string, plain, unsafe *regexp.Regexp) string {
	if len(s) <= maxName && plain.MatchString(s) && !strings.Contains(s, "..") && !reserved.MatchString(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	hashed := "~" + lowerBase32.EncodeToString(sum[:])[:10]
	clean := strings.TrimLeft(unsafe.ReplaceAllString(s, "-"), ".-@")
	if clean == "" || reserved.MatchString(clean) {
		clean = "x" + clean
	}
	return clean[:min(len(clean), maxName-len(hashed))] + hashed
}
