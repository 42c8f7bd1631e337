package export

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// marks are what has a meaning in Markdown, or in HTML that stands in it, wherever it stands.
var marks = regexp.MustCompile("[\\\\`*_{}\\[\\]<>&|~]")

// beginnings are what has a meaning at the beginning of a line.
var beginnings = regexp.MustCompile(`^([#+=:-]|\d+[.)])`)

// web is an address in a text, without what ends the sentence around it.
var web = regexp.MustCompile(`^(https?://[^\s<>\\]*[^\s<>\\.,;:!?'")\]])(.*)$`)

// escape is text that means itself in Markdown: no stranger's post makes a heading, runs a script or loads a picture.
// Its lines stay lines, and its addresses can be followed.
func escape(text string) string {
	paragraphs := strings.Split(printing(text), "\n")
	for i, line := range paragraphs {
		words := strings.Fields(line)
		for j, word := range words {
			words[j] = escapeWord(word)
		}
		line = strings.Join(words, " ")
		if at := beginnings.FindStringIndex(line); at != nil {
			line = line[:at[1]-1] + `\` + line[at[1]-1:]
		}
		paragraphs[i] = line
	}
	return hardBreaks(paragraphs)
}

func escapeWord(word string) string {
	if m := web.FindStringSubmatch(word); m != nil {
		return "<" + m[1] + ">" + marks.ReplaceAllString(m[2], `\$0`)
	}
	return marks.ReplaceAllString(word, `\$0`)
}

// hardBreaks joins lines so that each stays one; an empty one parts paragraphs.
func hardBreaks(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			if line != "" && lines[i-1] != "" {
				b.WriteByte('\\')
			}
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return strings.Trim(b.String(), "\n")
}

// address is a link. What is no address of the web is text.
func address(text, url string) string {
	m := web.FindStringSubmatch(url)
	if text = escapeWords(text); m == nil || m[2] != "" {
		return text
	}
	return "[" + text + "](<" + url + ">)"
}

// escapeWords is escape for one line in which no address can be followed.
func escapeWords(text string) string {
	return marks.ReplaceAllString(strings.Join(strings.Fields(printing(text)), " "), `\$0`)
}

// printing is text without what is not for reading: controls, but for line breaks, and what turns the direction of
// everything after it.
func printing(text string) string {
	return strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		if r != '\n' && unicode.IsControl(r) || turns || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, text)
}

// displayName is how an author goes by, in one line.
func displayName(status []byte) string {
	return strings.Join(strings.Fields(gjson.GetBytes(status, "account.display_name").String()), " ")
}
