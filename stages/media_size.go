package stages

import "fmt"

// sizeLimit is the largest file that is taken; 0 bytes is no limit. A body without end must not fill the disk, which ends
// the run, and the next one, too.
type sizeLimit struct {
	bytes  int64
	beyond *mediaFailure
}

// pictureBytes is the largest picture that is taken: Mastodon takes avatars and images of cards of up to 8 MiB.
const pictureBytes = 16 << 20

var (
	tooLarge        = &mediaFailure{verdict: hopeless, reason: "larger than media_max_bytes"}
	tooLargePicture = &mediaFailure{verdict: hopeless, reason: "larger than 16 MiB, which no picture needs to be"}
)

// limit is that of a file whose server announced so many bytes, or -1 for none.
func (s Media) limit(announced int64) sizeLimit {
	switch {
	case s.picture && (s.MaxBytes == 0 || s.MaxBytes > pictureBytes):
		return sizeLimit{pictureBytes, tooLargePicture}
	case s.MaxBytes > 0:
		return sizeLimit{s.MaxBytes, tooLarge}
	case announced < 0 && s.Untold > 0:
		reason := fmt.Sprintf("larger than %d bytes, and its server did not say how large: set media_max_bytes to have it", s.Untold)
		return sizeLimit{s.Untold, &mediaFailure{verdict: hopeless, reason: reason}}
	}
	return sizeLimit{}
}

// oversized says why a file of which so many bytes are announced is not begun with. One that the disk has no room for may be
// had another time.
func (s Media) oversized(announced int64) *mediaFailure {
	if l := s.limit(announced); l.bytes > 0 && announced > l.bytes {
		return l.beyond
	}
	if s.Free == nil || announced < s.Untold {
		return nil
	}
	if free, err := s.Free(); err == nil && uint64(max(announced, 0)) > free {
		return &mediaFailure{reason: fmt.Sprintf("its %d bytes are more than the disk has left", announced)}
	}
	return nil
}
