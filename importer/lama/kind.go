package lama

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lama/archive"
)

var bases = []archive.Base{archive.BasePost, archive.BaseReblog, archive.BaseFavourite, archive.BaseBookmark,
	archive.BaseMention, archive.BasePoll}

// parseType reads an activity's type as LAMA writes it: "favourite", "favourite.parent", "favourite.parent#2".
func parseType(kind string) (a archive.Activity, err error) {
	base, rest, derived := strings.Cut(kind, ".")
	chain, hops, further := strings.Cut(rest, "#")
	a = archive.Activity{Base: archive.Base(base), Chain: archive.Chain(chain)}
	if derived {
		a.Distance = 1
	}
	if further {
		a.Distance, err = strconv.Atoi(hops)
	}
	if err != nil || a.Distance < 0 || further && a.Distance < 2 || !slices.Contains(bases, a.Base) ||
		derived != slices.Contains(archive.Chains, a.Chain) {
		return a, fmt.Errorf("an activity of an unknown kind: %q", kind)
	}
	return a, nil
}
