package stages

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"lama/archive"
)

// mediaKind is what the bytes of a file say it is.
type mediaKind struct {
	mime string // without parameters
	ext  string // with its dot
}

// recognise tells the kind of a file from its first bytes, or that it is not one: some servers, and whoever has bought
// the domain of one that is gone, answer with a page and call it a success. An attachment whose type is "unknown" may be
// a text; a picture is an image.
func recognise(head []byte, wanted archive.Media) (mediaKind, *mediaFailure) {
	if len(head) == 0 {
		return mediaKind{}, &mediaFailure{verdict: doubtful, reason: "an empty file"}
	}
	detected := mimetype.Detect(head)
	mime, _, _ := strings.Cut(detected.String(), ";")
	image := strings.HasPrefix(mime, "image/") // SVG is a text as well
	if !image && wanted.Picture() {
		return mediaKind{}, &mediaFailure{verdict: doubtful, reason: "no picture (" + mime + ")"}
	}
	if !image && (isA(detected, "text/plain") && wanted.Type != "unknown" || isPage(detected)) {
		return mediaKind{}, &mediaFailure{verdict: doubtful, reason: "a page (" + mime + ") in place of the file"}
	}
	if ext := detected.Extension(); ext != "" {
		return mediaKind{mime, ext}, nil
	}
	return mediaKind{mime, ".bin"}, nil
}

// isPage says whether a file is of a kind that servers write errors in.
func isPage(m *mimetype.MIME) bool {
	return isA(m, "text/html") || isA(m, "text/xml") || isA(m, "application/json")
}

// isA says whether a file is of a type or of one that builds on it.
func isA(m *mimetype.MIME, mime string) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is(mime) {
			return true
		}
	}
	return false
}
