package stages_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"lama/archive"
)

const mediaSVG = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`

// pictureTask asks for an avatar.
func (b *mediaBench) pictureTask() archive.Task {
	task := b.task("/avatars/zoe.png")
	task.Media = &archive.Media{Attachment: archive.Attachment{Type: "avatar", URL: task.Media.URL}}
	return task
}

func TestAPictureIsNamedForItsAddress(t *testing.T) {
	for name, c := range map[string]struct{ body, ext, mime string }{
		"a PNG": {mediaPNG, ".png", "image/png"}, "an SVG": {mediaSVG, ".svg", "image/svg+xml"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, mediaAnswer(200, c.body))
			s, batch := b.fetch(t, b.pictureTask())
			if s.State != archive.Done {
				t.Fatalf("%s: %s", s.State, s.Reason)
			}
			f := batch.Fetched[0].File
			if !strings.HasPrefix(f.Path, "media/pictures/") || !strings.HasSuffix(f.Path, c.ext) || f.Type != c.mime {
				t.Errorf("it is %s, %s", f.Type, f.Path)
			}
			b.wantFiles(t, map[string]string{f.Path: c.body})
		})
	}
}

// Two addresses have the same bytes. A run was stopped when it had placed both files, and one of their rows.
func TestWhatAStoppedRunLeftTwiceIsOnce(t *testing.T) {
	b := newMediaBench(t, mediaAnswer(200, mediaPNG))
	_, first := b.fetch(t, b.pictureTask())
	other := b.pictureTask()
	other.Media.URL += "?copy"
	_, second := b.fetch(t, other)
	one, two := first.Fetched[0].File, second.Fetched[0].File
	b.wantFiles(t, map[string]string{one.Path: mediaPNG, two.Path: mediaPNG})
	b.known[one.SHA256] = one
	if _, again := b.fetch(t, other); again.Fetched[0].File != one {
		t.Errorf("it is %+v, not %+v", again.Fetched[0].File, one)
	}
	b.wantFiles(t, map[string]string{one.Path: mediaPNG})
}

func TestWhatIsNoPictureIsNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		state  archive.State
		reason string
	}{
		"a page":    {mediaAnswer(200, mediaHTML), archive.Pending, "no picture (text/html)"},
		"a video":   {mediaAnswer(200, "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), archive.Pending, "no picture (video/mp4)"},
		"text":      {mediaAnswer(200, "no more"), archive.Pending, "no picture (text/plain)"},
		"not there": {mediaAnswer(404, mediaHTML), archive.Refused, "404"},
		"said huge": {mediaAnswer(200, mediaPNG, "Content-Length", strconv.Itoa(1<<40)), archive.Refused, "larger than 16 MiB"},
		"without end": {func(w http.ResponseWriter, q *http.Request) {
			w.(http.Flusher).Flush() // it does not say how large it is
			for part := mediaPNG + strings.Repeat("x", 1<<20); q.Context().Err() == nil; {
				if _, err := w.Write([]byte(part)); err != nil {
					return
				}
			}
		}, archive.Refused, "larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMediaBench(t, c.answer)
			s, _ := b.fetch(t, b.pictureTask())
			if s.State != c.state || !strings.Contains(s.Reason, c.reason) {
				t.Errorf("%s: %s", s.State, s.Reason)
			}
			b.wantFiles(t, map[string]string{})
		})
	}
}
