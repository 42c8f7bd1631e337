package web

import (
	"cmp"
	"hash/fnv"
	"html/template"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// Person is who wrote a post, as its head shows them.
type Person struct {
	Name    string        // as they call themselves
	Label   template.HTML // the same, with emoji
	Handle  string        // user@domain
	Path    string        // of the archive's page on them
	Picture string        // the path of their avatar; empty where there is none
	Initial string        // stands for it
	Hue     int           // 0 to 11, of that
}

// person reads an account as a status has it; the handle is the archive's, which has the domain.
func (v Views) person(account gjson.Result, handle string, g gallery) Person {
	name := strings.TrimSpace(account.Get("display_name").String())
	name = cmp.Or(name, account.Get("username").String(), handle)
	name = visible(name)
	return Person{Name: name, Label: g.emoji(account.Get("emojis")).label(name), Handle: handle, Path: v.AuthorPath(handle),
		Picture: g.first(account.Get("avatar_static"), account.Get("avatar")), Initial: initial(name), Hue: hue(handle)}
}

// initial is the first letter or digit of a name.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}

func hue(handle string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(handle)))
	return int(h.Sum32() % 12)
}

// visible takes out what would turn the text around a name: overrides of direction, and controls.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}
