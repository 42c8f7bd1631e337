package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lama/config"
)

// Whatever prefs.json says of its own machine, in another folder it means that folder and the database in it.
func TestPortablePreferencesMeanTheFolderTheyAreIn(t *testing.T) {
	const accounts = `"accounts": [{"username": "ana", "instance": "home.example"}]`
	for name, src := range map[string]string{
		"all that holds here alone": `{` + accounts + `, // ours
"prefs": {"user_dir": "/srv/lama", "database_url": "postgres://u:opensesame@db/lama", "fetch_limit": 40, "metrics_file": "x.prom",}}`,
		"the one that stays last": `{` + accounts + `, "prefs": {"fetch_limit": 40, "user_dir": "../x"}}`,
	} {
		for _, folder := range []string{"user", "backup"} {
			t.Run(name+" in "+folder, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), folder)
				moved, err := config.Portable([]byte(src), dir)
				if err != nil || strings.Contains(string(moved), "opensesame") {
					t.Fatalf("%v: %s", err, moved)
				}
				if strings.Contains(src, "ours") && !strings.Contains(string(moved), "// ours") {
					t.Errorf("the comment is lost: %s", moved)
				}
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(dir, "prefs.json")
				if err := os.WriteFile(file, moved, 0o600); err != nil {
					t.Fatal(err)
				}
				c, err := config.Load(config.Options{Path: file, Dir: t.TempDir(), Getenv: func(string) string { return "" }})
				if err != nil {
					t.Fatalf("%v in %s", err, moved)
				}
				path, _ := c.Database.SQLite()
				if c.UserDir != dir || path != filepath.Join(dir, "data", "lama.db") || c.FetchLimit != 40 || c.MetricsFile != "" {
					t.Errorf("user_dir %s, database %s, limit %d, metrics %q", c.UserDir, path, c.FetchLimit, c.MetricsFile)
				}
			})
		}
	}
	moved, err := config.Portable([]byte(`{`+accounts+`}`), "/x/backup")
	if err != nil || !strings.Contains(string(moved), `"user_dir":"."`) {
		t.Errorf("without preferences: %s (%v)", moved, err)
	}
	_, err = config.Portable([]byte(`{"prefs": {"database_url": "opensesame"`), "/x")
	if err == nil || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("what is no JSON: %v", err)
	}
}

func TestADatabaseIsNamedAsInThePreferences(t *testing.T) {
	for address, want := range map[string]string{
		"sqlite:x.db":                        "sqlite:/home/ana/x.db",
		"sqlite:/y/x.db":                     "sqlite:/y/x.db",
		"postgres://u:opensesame@db/lama":    "postgres://u:xxxxx@db/lama",
		"postgresql://u@db/lama?sslmode=foo": "postgresql://u@db/lama",
		"":                                   "",
		"mysql://opensesame":                 "",
	} {
		u, err := config.ParseDatabase(address, "/home/ana")
		if (err == nil) != (want != "") || err == nil && u.String() != want {
			t.Errorf("%s is %s (%v)", address, u, err)
		}
		if err != nil && strings.Contains(err.Error(), "opensesame") {
			t.Errorf("the error shows it: %v", err)
		}
	}
}
