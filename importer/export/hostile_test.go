package export_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lama/importer/export"
)

func expectRefused(t *testing.T, file, want string) {
	t.Helper()
	if got := refused(t, file, export.Options{}); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoNameLeadsOut(t *testing.T) {
	for _, name := range []string{"../evil", "a/../../evil", "media_attachments/..", `..\evil`, `C:\evil`, "C:evil", "a\x00b", "/../evil"} {
		for packing, pack := range packings {
			if packing == "folder" || packing != "zip" && strings.Contains(name, "\x00") { // tar has no such names
				continue
			}
			t.Run(packing+" "+name, func(t *testing.T) {
				f := sample()
				f[name] = "evil"
				expectRefused(t, pack(t, f), "leads out of it")
			})
		}
	}
}

// Whatever names a tar has, what comes of it lies in the scratch folder.
func TestATarStaysInItsFolder(t *testing.T) {
	part := rapid.SampledFrom([]string{"..", ".", "", "a", "media_attachments", "outbox.json", "C:", `\`, "...", " "})
	rapid.Check(t, func(r *rapid.T) {
		f := sample()
		name := strings.Join(rapid.SliceOfN(part, 1, 5).Draw(r, "name"), "/")
		if name == "" || strings.HasSuffix(name, "/") { // of a folder
			name += "x"
		}
		f[name] = "evil"
		dir := t.TempDir()
		e, err := export.Open(t.Context(), tarGzOf(t, f), export.Options{Scratch: filepath.Join(dir, "scratch")})
		must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if path != dir && !strings.HasPrefix(path, filepath.Join(dir, "scratch")) {
				r.Errorf("%s was written", path)
			}
			return err
		}))
		if err == nil {
			must(t, e.Close())
		}
	})
}

func TestLinksAreNotFollowed(t *testing.T) {
	t.Run("zip", func(t *testing.T) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		h := &zip.FileHeader{Name: "outbox.json"}
		h.SetMode(fs.ModeSymlink | 0o777)
		entry, err := w.CreateHeader(h)
		must(t, err)
		_, err = io.WriteString(entry, "/etc/passwd")
		must(t, err)
		must(t, w.Close())
		expectRefused(t, fileOf(t, "x.zip", b.Bytes()), "it holds a link")
	})
	for name, kind := range map[string]byte{"symbolic": tar.TypeSymlink, "hard": tar.TypeLink, "device": tar.TypeChar} {
		t.Run("tar "+name, func(t *testing.T) {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			must(t, w.WriteHeader(&tar.Header{Name: "outbox.json", Typeflag: kind, Linkname: "/etc/passwd"}))
			must(t, w.Close())
			expectRefused(t, fileOf(t, "x.tar", b.Bytes()), "it holds a link")
		})
	}
	t.Run("folder", func(t *testing.T) {
		f := sample()
		delete(f, picture)
		dir := folderOf(t, f)
		secret := fileOf(t, "secret", []byte("secret"))
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, picture)), 0o700))
		must(t, os.Symlink(secret, filepath.Join(dir, picture)))
		if got := told(t, open(t, dir))[0]; strings.Contains(got, "secret") {
			t.Error(got)
		}
	})
}

// zeros is an entry that unpacks to far more than it takes.
func zeros(t *testing.T, w io.Writer, n int) {
	block := make([]byte, 1<<20)
	for range n {
		_, err := w.Write(block)
		must(t, err)
	}
}

func TestBombsAreNotUnpacked(t *testing.T) {
	t.Run("zip", func(t *testing.T) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		entry, err := w.Create("outbox.json")
		must(t, err)
		zeros(t, entry, 80)
		must(t, w.Close())
		expectRefused(t, fileOf(t, "x.zip", b.Bytes()), "far more than it says")
	})
	t.Run("zip whose entries are the same bytes", func(t *testing.T) {
		expectRefused(t, fileOf(t, "x.zip", overlapping(t)), "far more than it says")
	})
	t.Run("tar.gz", func(t *testing.T) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		must(t, w.WriteHeader(&tar.Header{Name: "outbox.json", Size: 80 << 20}))
		zeros(t, w, 80)
		must(t, w.Close())
		must(t, z.Close())
		expectRefused(t, fileOf(t, "x.tar.gz", b.Bytes()), "far more than it says")
	})
	t.Run("sparse tar", func(t *testing.T) {
		expectRefused(t, fileOf(t, "x.tar", sparse(t)), "far more than it says")
	})
}

// overlapping is a ZIP of which the directory names one entry twice.
func overlapping(t *testing.T) []byte {
	content := []byte(strings.Repeat("x", 10_000))
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a", "b"} {
		entry, err := w.CreateRaw(&zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE(content),
			CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))})
		must(t, err)
		if name == "a" {
			_, err = entry.Write(content)
			must(t, err)
		}
	}
	must(t, w.Close())
	return b.Bytes()
}

// sparse is a tar of a few kB with a file of a terabyte, as PAX writes files with holes.
func sparse(t *testing.T) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	const holes = "1\n1099511627776\n0\n" // one piece, of nothing, at its end
	must(t, w.WriteHeader(&tar.Header{Name: "outbox.json", Typeflag: tar.TypeReg, Size: 512, Format: tar.FormatPAX,
		PAXRecords: map[string]string{"XNU.sparse.major": "1", "XNU.sparse.minor": "0", "XNU.sparse.realsize": "1099511627776"}}))
	_, err := io.WriteString(w, holes+strings.Repeat("\x00", 512-len(holes)))
	must(t, err)
	must(t, w.Close())
	return bytes.ReplaceAll(b.Bytes(), []byte("XNU."), []byte("GNU.")) // which package tar reads, and does not write
}

func TestUnpackingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	scratch := filepath.Join(t.TempDir(), "scratch")
	_, err := export.Open(ctx, tarGzOf(t, sample()), export.Options{Scratch: scratch})
	if _, left := os.Stat(scratch); !errors.Is(err, context.Canceled) || !os.IsNotExist(left) {
		t.Errorf("error %v, left %v", err, left)
	}
}

func TestWhatIsNoExportIsNamed(t *testing.T) {
	whole, err := os.ReadFile(zipOf(t, sample()))
	must(t, err)
	tarred, err := os.ReadFile(tarGzOf(t, sample()))
	must(t, err)
	two := sample().below("a")
	two["b/outbox.json"] = "{}"
	for name, tc := range map[string]struct{ file, want string }{
		"nothing":         {filepath.Join(t.TempDir(), "none"), "no such file"},
		"another file":    {fileOf(t, "x", []byte("hello")), "neither a ZIP, a tar.gz nor a folder"},
		"an empty file":   {fileOf(t, "x", nil), "neither a ZIP, a tar.gz nor a folder"},
		"half a ZIP":      {fileOf(t, "x", whole[:len(whole)/2]), "no whole ZIP, fetch it again"},
		"half a tar.gz":   {fileOf(t, "x", tarred[:len(tarred)/2]), "it again"},
		"another ZIP":     {zipOf(t, files{"a": "b"}), "it holds no outbox.json"},
		"several exports": {zipOf(t, two), `it holds several exports, "a/" and "b/"`},
		"half an actor":   {zipOf(t, files{"outbox.json": "{}", "actor.json": "{"}), "actor.json is no whole JSON"},
		"a file of macOS": {zipOf(t, files{"._outbox.json": ""}), "it holds no outbox.json"},
	} {
		t.Run(name, func(t *testing.T) { expectRefused(t, tc.file, tc.want) })
	}
}

// holey is a file in which zeros take no room.
type holey struct{ *os.File }

var hole = make([]byte, 1<<20)

func (h holey) Write(p []byte) (int, error) {
	if len(p) == len(hole) && &p[0] == &hole[0] {
		_, err := h.Seek(int64(len(p)), io.SeekCurrent)
		return len(p), err
	}
	return h.File.Write(p)
}

func TestMoreThan4GB(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "large.zip"))
	must(t, err)
	w := zip.NewWriter(holey{f})
	const size = 4<<30 + 1<<20
	entry, err := w.CreateRaw(&zip.FileHeader{Name: "a/film.mp4", CompressedSize64: size, UncompressedSize64: size})
	must(t, err)
	must(t, w.Flush())
	for range size / len(hole) {
		_, err := entry.Write(hole)
		must(t, err)
	}
	for name, content := range sample() {
		entry, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(entry, content)
		must(t, err)
	}
	must(t, w.Close())
	must(t, f.Close())
	if diff := cmp.Diff(sampleTold, told(t, open(t, f.Name()))); diff != "" {
		t.Error(diff)
	}
}
