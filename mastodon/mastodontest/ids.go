package mastodontest

import (
	"fmt"
	"hash/fnv"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// IDs is a way in which servers write ids (mastodon-api.md §5). All of them begin with the time.
type IDs int

// The ways.
const (
	Snowflake IDs = iota // 64 bits in decimal: milliseconds and 16 bits
	ULID                 // 26 characters of Crockford's base 32
	Flake                // 128 bits in base 62, about 18 characters
	AIDX                 // 16 characters of base 36
)

const (
	base36    = "0123456789abcdefghijklmnopqrstuvwxyz"
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// at is the id of what came into being at t; n tells things of the same millisecond apart.
func (k IDs) at(t time.Time, n uint64) string {
	ms := t.UnixMilli()
	switch k {
	case ULID:
		return encode(ms, crockford, 10) + encode(int64(n>>1), crockford, 16)
	case Flake:
		id := new(big.Int).Lsh(big.NewInt(ms), 64)
		return digits(id.Or(id, new(big.Int).SetUint64(n)), base62)
	case AIDX:
		return encode(ms-time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli(), base36, 8) +
			encode(int64(n>>1), base36, 8)
	}
	return strconv.FormatInt(ms<<16|int64(n&0xffff), 10)
}

// encode writes the lowest digits of n.
func encode(n int64, alphabet string, width int) string {
	text := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		text[i] = alphabet[n%int64(len(alphabet))]
		n /= int64(len(alphabet))
	}
	return string(text)
}

func digits(n *big.Int, alphabet string) string {
	var text []byte
	base, digit := big.NewInt(int64(len(alphabet))), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		text = append([]byte{alphabet[digit.Int64()]}, text...)
	}
	return string(text)
}

// compareIDs orders the ids of one server from old to new: by length, then as text.
func compareIDs(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// scatter is the number that tells thing seq apart on a host: another one on each host, and never the same for
// two of 65,536 things in a row.
func scatter(host string, seq uint64) uint64 {
	return hash(host) + seq*0x9e3779b97f4a7c15
}

func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, part := range parts {
		_, _ = h.Write([]byte(part + "\x00")) // never fails
	}
	return h.Sum64()
}

// uuid is a UUID made of a name.
func uuid(name string) string {
	a, b := hash(name, "a"), hash(name, "b")
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// index knows the things of one kind on one instance by their ids.
type index[T comparable] struct {
	ids    map[T]string
	things map[string]T
}

func newIndex[T comparable]() index[T] {
	return index[T]{ids: make(map[T]string), things: make(map[string]T)}
}

// add gives a thing an id; the one that it had is no longer known.
func (x index[T]) add(thing T, id string) {
	delete(x.things, x.ids[thing])
	x.ids[thing], x.things[id] = id, thing
}

// insert puts a thing among others that are ordered from old to new by their ids.
func insert[T any](things []T, thing T, id func(T) string) []T {
	place, _ := slices.BinarySearchFunc(things, id(thing), func(other T, want string) int {
		return compareIDs(id(other), want)
	})
	return slices.Insert(things, place, thing)
}
