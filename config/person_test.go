package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lama/archive"
	"lama/config"
)

const family = `{"accounts": [
  {"username": "ana", "instance": "home.example", "person": "ana"},
  {"username": "bob", "instance": "home.example"},
  {"username": "art", "instance": "away.example", "person": "ana"}]}`

func TestAccountsBelongToPersons(t *testing.T) {
	c := newHousehold(t, map[string]string{"prefs.json": family}).load(t)
	if d := cmp.Diff([]string{"ana", "bob@home.example"}, c.Persons()); d != "" {
		t.Error(d)
	}
	own, others, err := c.AccountsOf("ana")
	names := func(accounts []archive.Account) (all []string) {
		for _, a := range accounts {
			all = append(all, a.Name())
		}
		return all
	}
	if d := cmp.Diff([][]string{{"ana@home.example", "art@away.example"}, {"bob@home.example"}},
		[][]string{names(own), names(others)}); d != "" || err != nil {
		t.Errorf("%s (%v)", d, err)
	}
	_, _, err = c.AccountsOf("anna")
	if err == nil || !strings.Contains(err.Error(), `its persons are ana, bob@home.example; the nearest is "ana"`) {
		t.Errorf("got %v", err)
	}
}

func TestAPersonIsAName(t *testing.T) {
	for _, person := range []string{`""`, `3`, `"a\nb"`} {
		h := newHousehold(t, map[string]string{"prefs.json": `{"accounts": [{"username": "ana", "instance": "home.example", "person": ` +
			person + `}]}`})
		if _, err := config.Load(h.options()); err == nil || !strings.Contains(err.Error(), "person") {
			t.Errorf("%s: got %v", person, err)
		}
	}
}
