package disk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"lama/archive"
)

// MediaPath is where a media file belongs: media/<host>/<author>/<YYYY>/<MM>/<author>_<id>_<nn><ext>. The
// extension comes with its dot. A picture is named for its address: media/pictures/<host>/<type>/<digest><ext>.
func MediaPath(m archive.Media, ext string) string {
	if m.Picture() {
		return picturePath(m, ext)
	}
	user, host := split(m.Author)
	file := fmt.Sprintf("%s_%s_%02d%s", Name(user), ID(m.PostID), m.Position, ext)
	return path.Join("media", Name(host), Name(user), month(m.CreatedAt), file)
}

func picturePath(m archive.Media, ext string) string {
	host := "?"
	if u, err := url.Parse(m.URL); err == nil && u.Host != "" {
		host = u.Host
	}
	sum := sha256.Sum256([]byte(m.URL))
	return path.Join("media", "pictures", Name(host), Name(m.Type), hex.EncodeToString(sum[:16])+ext)
}

// JSONPath is where the JSON of an activity belongs: json/<account>/<folder>/<YYYY>/<MM>/<author>_<id>.json. The
// folder is [JSONFolder]'s; author (user@domain), id and date are the post's, or the notification's for mentions and
// polls.
func JSONPath(account archive.Account, folder, author, id string, created archive.Time) string {
	return path.Join("json", account.Safe(), folder, month(created), Name(author)+"_"+ID(id)+".json")
}

// JSONFolder is the folder of an activity's JSON. It is empty for a boosted post: that is inside its wrapper's.
func JSONFolder(a archive.Activity) string {
	switch {
	case a.Chain != archive.ChainNone:
		return string(a.Chain) + "s"
	case a.Base == archive.BaseReblog:
		return ""
	}
	return string(a.Base) + "s"
}

// month is the folder of a time: its year and month in UTC.
func month(t archive.Time) string {
	if t.IsZero() {
		return "0000/00"
	}
	return t.UTC().Format("2006/01")
}

// split takes user@host apart. Who has no host gets "@" for one, which nobody else can have.
func split(author string) (user, host string) {
	at := strings.LastIndexByte(author, '@')
	if at < 0 {
		return author, "@"
	}
	return author[:at], author[at+1:]
}

// marked is what a file's name has before its extension where another had the name already; see [Temp.Place].
var marked = regexp.MustCompile(`~[0-9a-f]{8}([0-9a-f]{24})?$`)

// MediaStem is the path of a media file as [MediaPath] made it, without an extension.
func MediaStem(p string) string {
	return marked.ReplaceAllString(strings.TrimSuffix(p, path.Ext(p)), "")
}
