package cli

import (
	"lama/archive"
	"lama/config"
	"lama/store"
)

// viewer is a person of the household as one who reads.
func viewer(cfg config.Config, person string) (store.Viewer, error) {
	own, others, err := cfg.AccountsOf(person)
	if err != nil {
		return store.Viewer{}, err
	}
	return store.Viewer{Person: person, Own: names(own), Others: names(others), SharePublic: cfg.SharePublic}, nil
}

func names(accounts []archive.Account) []string {
	all := make([]string, len(accounts))
	for i, a := range accounts {
		all[i] = a.Name()
	}
	return all
}
