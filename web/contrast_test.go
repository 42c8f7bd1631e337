package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colour is red, green and blue, each from 0 to 1.
type colour [3]float64

func hexColour(t *testing.T, text string) colour {
	t.Helper()
	digits := strings.TrimPrefix(text, "#")
	if len(digits) == 3 {
		digits = strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:], 2)
	}
	n, err := strconv.ParseUint(digits, 16, 24)
	if err != nil {
		t.Fatalf("%s is no colour: %v", text, err)
	}
	return colour{float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

// hslColour is one of hue, saturation and lightness, as CSS has them.
func hslColour(h, s, l float64) (c colour) {
	s, l = s/100, l/100
	for i, n := range []float64{0, 8, 4} {
		k := math.Mod(n+h/30, 12)
		c[i] = l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1))
	}
	return c
}

// luminance as WCAG 2.2 defines it.
func (c colour) luminance() float64 {
	var part colour
	for i, v := range c {
		if part[i] = v / 12.92; v > 0.04045 {
			part[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*part[0] + 0.7152*part[1] + 0.0722*part[2]
}

func contrast(a, b colour) float64 {
	light, dark := max(a.luminance(), b.luminance()), min(a.luminance(), b.luminance())
	return (light + 0.05) / (dark + 0.05)
}

// pairs are what is written on what.
var pairs = [][2]string{
	{"ink", "ground"}, {"ink", "paper"}, {"ink", "tint"}, {"ink", "add"}, {"ink", "drop"}, {"faint", "ground"}, {"faint", "paper"},
	{"faint", "tint"}, {"accent", "ground"}, {"accent", "paper"}, {"accent", "tint"}, {"accent-ink", "accent"}, {"warn", "warn-ground"},
	{"warn", "paper"},
}

var (
	variable = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6}|[0-9]+%);`)
	faces    = regexp.MustCompile(`background: hsl\(([0-9]+) ([0-9]+)% (?:([0-9]+)%|var\(--face\))\)`)
	marks    = regexp.MustCompile(`mark \{ background: (#[0-9a-f]+); color: (#[0-9a-f]+);`)
)

// Whatever is to be read has a contrast of 4.5 to 1, as level AA of WCAG 2.2 wants it, in light and in dark.
func TestTheColoursHaveContrast(t *testing.T) {
	const enough = 4.5
	text, err := os.ReadFile("static/reader.css")
	if err != nil {
		t.Fatal(err)
	}
	css := string(text)
	light, dark, found := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("the stylesheet has no dark colours")
	}
	dark, _, _ = strings.Cut(dark, "* {")
	for scheme, block := range map[string]string{"light": light, "dark": dark} {
		values := map[string]string{}
		for _, v := range variable.FindAllStringSubmatch(block, -1) {
			values[v[1]] = v[2]
		}
		for _, p := range pairs {
			if got := contrast(hexColour(t, values[p[0]]), hexColour(t, values[p[1]])); got < enough {
				t.Errorf("%s: %s on %s is %.2f to 1", scheme, p[0], p[1], got)
			}
		}
		all := faces.FindAllStringSubmatch(css, -1)
		if len(all) < 13 {
			t.Fatalf("%d faces have a colour", len(all))
		}
		for _, f := range all {
			if f[3] == "" {
				f[3] = strings.TrimSuffix(values["face"], "%")
			}
			hsl := [3]float64{}
			for i := range hsl {
				hsl[i], _ = strconv.ParseFloat(f[i+1], 64)
			}
			if got := contrast(colour{1, 1, 1}, hslColour(hsl[0], hsl[1], hsl[2])); got < enough {
				t.Errorf("%s: white on %s is %.2f to 1", scheme, f[0], got)
			}
		}
	}
	mark := marks.FindStringSubmatch(css)
	if mark == nil || contrast(hexColour(t, mark[1]), hexColour(t, mark[2])) < enough {
		t.Errorf("what is marked can't be read: %q", mark)
	}
}

// Who wants no motion gets none.
func TestMotionIsForWhoWantsIt(t *testing.T) {
	text, err := os.ReadFile("static/reader.css")
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(text), "@media (prefers-reduced-motion: no-preference) {")
	if !found || !strings.Contains(after, "transition") {
		t.Error("there is no motion for who wants it")
	}
	for _, motion := range []string{"transition", "animation", "scroll-behavior"} {
		if strings.Contains(before, motion) {
			t.Errorf("%s stands outside of prefers-reduced-motion", motion)
		}
	}
}
