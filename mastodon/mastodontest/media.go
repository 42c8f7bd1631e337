package mastodontest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// Media is a file of a draft.
type Media struct {
	Type   string // image, gifv, video, audio or unknown; empty is image
	Format string // png, jpeg, gif, mp4 or mp3; empty is what fits the type
	Alt    string
	Same   string // files with the same word here have the same bytes; empty: nobody else has these
	Size   int    // at least so many bytes

	Processing   bool // the author's server shows no address yet, until [Post.Process]
	Copy         Copy // how other servers show it
	CopyGone     bool // their copies answer 404
	OriginalGone bool // the author's server answers 404
}

// Copy is how servers other than the author's show a file. The bytes are the same everywhere.
type Copy int

// The ways.
const (
	CopyStored  Copy = iota // url is the server's copy, remote_url the original
	CopyProxied             // url is /media_proxy/…, which fetches the file again; as after Mastodon's cache was emptied
	CopyNone                // url is null; GoToSocial shows no attachment, but a note in the content
)

// attachment is a file of a post.
type attachment struct {
	Media
	drafted  Media // before what was left open was filled in
	post     *Post
	position int
	seq      uint64
}

// attach makes a file of the post.
func (p *Post) attach(position int, m Media) *attachment {
	w := p.world
	drafted := m
	m.Type = cmp.Or(m.Type, "image")
	if m.Format == "" {
		m.Format = map[string]string{"gifv": "mp4", "video": "mp4", "audio": "mp3"}[m.Type]
	}
	m.Format = cmp.Or(m.Format, "png")
	f := &attachment{Media: m, drafted: drafted, post: p, position: position, seq: uint64(len(w.files) + 1)}
	w.files = append(w.files, f)
	for _, host := range w.hosts {
		i := w.instances[host]
		i.media.add(f, i.software.IDs.at(p.created, scatter(host+" media", f.seq)))
	}
	return f
}

// types are the MIME types of the formats.
var types = map[string]string{
	"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "mp4": "video/mp4", "mp3": "audio/mpeg",
}

// data is the file: small, valid or at least with the right beginning, and always the same.
func (f *attachment) data() []byte {
	seed := cmp.Or(f.Same, f.post.uri+"#"+string(rune('0'+f.position)))
	random := rand.New(rand.NewPCG(hash(seed), hash(f.Format)))
	data := make([]byte, 0, max(f.Size, 1024))
	switch f.Format {
	case "mp4":
		data = append(data, "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"...)
		data = append(data, "\x00\x00\x01\x00mdat"...)
		data = noise(data, 248, random)
	case "mp3":
		data = append(data, "ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x44"...)
		data = noise(data, 413, random)
	default:
		data = append(data, picture(f.Format, random)...)
	}
	return noise(data, f.Size-len(data), random)
}

// noise adds n random bytes.
func noise(data []byte, n int, random *rand.Rand) []byte {
	for ; n > 0; n -= 8 {
		data = binary.LittleEndian.AppendUint64(data, random.Uint64())
	}
	return data
}

// picture is a small image of one colour and a spot.
func picture(format string, random *rand.Rand) []byte {
	paint := func() color.RGBA {
		n := random.Uint32()
		return color.RGBA{R: byte(n), G: byte(n >> 8), B: byte(n >> 16), A: 255}
	}
	ground, spot := paint(), paint()
	img := image.NewPaletted(image.Rect(0, 0, 16, 16), color.Palette{ground, spot})
	for range 8 {
		img.SetColorIndex(random.IntN(16), random.IntN(16), 1)
	}
	var b bytes.Buffer
	switch format { // writing to a buffer can't fail, and the image is one that each format can hold
	case "jpeg":
		_ = jpeg.Encode(&b, img, nil)
	case "gif":
		_ = gif.Encode(&b, img, nil)
	default:
		_ = png.Encode(&b, img)
	}
	return b.Bytes()
}
