package markup

import "bytes"

// prose gathers text as a browser would lay it out: runs of white space become one space, breaks are owed until
// text follows, so none stands at either end.
type prose struct {
	buf      []byte
	gap      int  // line breaks owed before the next text, 2 at most
	space    bool // a space is owed
	verbatim bool // white space stands as it is
}

// blank is HTML's white space; a no-break space is none.
func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func (p *prose) write(text []byte) {
	if p.verbatim {
		p.settle()
		p.buf = append(p.buf, text...)
		return
	}
	for len(text) > 0 {
		if blank(text[0]) {
			p.space, text = true, text[1:]
			continue
		}
		n := bytes.IndexAny(text, " \n\t\r\f")
		if n < 0 {
			n = len(text)
		}
		p.settle()
		p.buf, text = append(p.buf, text[:n]...), text[n:]
	}
}

// settle writes what is owed before text.
func (p *prose) settle() {
	switch {
	case len(p.buf) == 0:
	case p.gap > 0:
		p.buf = append(p.buf, "\n\n"[:p.gap]...)
	case p.space:
		p.buf = append(p.buf, ' ')
	}
	p.gap, p.space = 0, false
}

// newline is one more line break.
func (p *prose) newline() { p.gap = min(p.gap+1, 2) }

// breakTo makes sure of n line breaks.
func (p *prose) breakTo(n int) { p.gap = max(p.gap, n) }

// last is the byte that the next text will touch, 0 if a space or a break comes between.
func (p *prose) last() byte {
	if len(p.buf) == 0 || p.gap > 0 || p.space {
		return 0
	}
	return p.buf[len(p.buf)-1]
}
