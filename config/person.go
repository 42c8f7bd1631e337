package config

import (
	"slices"
	"strings"

	"lama/archive"
)

// Person is the name of the one to whom a configured account belongs: as its member "person" says, or the account's own.
func (c Config) Person(a archive.Account) string { return c.persons[a.Name()] }

// Persons lists the persons of the household, in the order of their first accounts.
func (c Config) Persons() []string {
	var names []string
	for _, a := range c.Accounts {
		if name := c.Person(a); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// AccountsOf lists a person's accounts, and the others of the household. It fails where the household has no such person.
func (c Config) AccountsOf(person string) (own, others []archive.Account, err error) {
	for _, a := range c.Accounts {
		if c.Person(a) == person {
			own = append(own, a)
		} else {
			others = append(others, a)
		}
	}
	if own == nil {
		return nil, nil, fail("--person", "%q is nobody of %s: its persons are %s; the nearest is %q", person, c.File,
			strings.Join(c.Persons(), ", "), Nearest(person, c.Persons()))
	}
	return own, others, nil
}
