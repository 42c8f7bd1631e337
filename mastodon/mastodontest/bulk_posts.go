package mastodontest

import (
	"regexp"
	"strconv"
	"time"
)

// bulkKind is the collection that a post is in.
type bulkKind int

const (
	bulkStatus bulkKind = iota
	bulkFavourite
	bulkBookmark
	bulkMention
	bulkKinds
)

// bulkPost names a post: by its number in one collection of one person.
type bulkPost struct {
	person int
	kind   bulkKind
	number int
}

// Posts of a collection are five minutes apart: a million take nearly ten years.
var (
	bulkBegin = time.Date(2016, 5, 1, 0, 0, 0, 0, time.UTC)
	bulkStep  = 5 * time.Minute
)

func (p bulkPost) at() time.Time { return bulkBegin.Add(time.Duration(p.number) * bulkStep) }

// id is a snowflake whose lower bits name the collection.
func (p bulkPost) id() int64 {
	return p.at().UnixMilli()<<16 | int64(p.person)<<2&0xffff | int64(p.kind)
}

// bulkPostOf is the post of an id; for what is nobody's id another post, with another id.
func bulkPostOf(id int64) bulkPost {
	number := (id>>16 - bulkBegin.UnixMilli()) / bulkStep.Milliseconds()
	return bulkPost{int(id & 0xffff >> 2), bulkKind(id & 3), int(number)}
}

// parent is the post that p replies to, which its server may not have (any more).
func (p bulkPost) parent() (parent bulkPost, ok bool) {
	switch {
	case p.kind == bulkStatus && p.number%8 == 7:
		return bulkPost{p.person, bulkStatus, p.number - 1}, true
	case p.kind == bulkMention && p.number%2 == 0:
		return bulkPost{p.person, bulkStatus, 3 * p.number}, true
	}
	return bulkPost{}, false
}

// stranger is the number of who wrote the post, or is named in it.
func (p bulkPost) stranger() int { return (p.number*7919 + int(p.kind)) % 500 }

// bulkLook is what posts share that are rendered from one template.
type bulkLook struct {
	kind         bulkKind
	text         int // of bulkTexts
	reply, image bool
	notification bool // around it
}

func (b *Bulk) look(p bulkPost, notification bool) bulkLook {
	_, reply := p.parent()
	image := b.media && p.kind == bulkStatus && p.number%5 == 0
	return bulkLook{p.kind, p.number % len(bulkTexts), reply, image, notification}
}

// template is JSON with places for what is a post's own.
type template struct {
	pieces [][]byte
	places []string // between the pieces
}

// place is where something stands of: the post's id, number, time and parent's id, the name and id of whose
// collection it is in, the stranger's number, or the notification's id.
var place = regexp.MustCompile(`\{(id|number|at|parent|user|user_id|stranger|row)\}`)

// newTemplate cuts a value's JSON at its places.
func newTemplate(value any) template {
	var t template
	text, done := appendJSON(nil, value), 0
	for _, at := range place.FindAllSubmatchIndex(text, -1) {
		t.pieces, t.places = append(t.pieces, text[done:at[0]]), append(t.places, string(text[at[2]:at[3]]))
		done = at[1]
	}
	t.pieces = append(t.pieces, text[done:])
	return t
}

// item appends a post, or the notification of it.
func (b *Bulk) item(body []byte, p bulkPost, notification bool) []byte {
	t := b.templates[b.look(p, notification)]
	for n, place := range t.places {
		body = b.fill(append(body, t.pieces[n]...), place, p)
	}
	return append(body, t.pieces[len(t.places)]...)
}

func (b *Bulk) fill(body []byte, place string, p bulkPost) []byte {
	number := int64(p.number)
	switch place {
	case "id":
		number = p.id()
	case "at":
		return p.at().AppendFormat(body, "2006-01-02T15:04:05.000Z")
	case "parent":
		parent, _ := p.parent()
		number = parent.id()
	case "user":
		return append(body, b.people[p.person].user...)
	case "user_id":
		return append(body, b.people[p.person].id...)
	case "stranger":
		number = int64(p.stranger())
	case "row":
		number++
	}
	return strconv.AppendInt(body, number, 10)
}
