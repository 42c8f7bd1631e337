// Package config turns prefs.json, the environment and the flags into one checked [Config], or into one line that
// says what to mend. It knows LAMA 1.1's preferences and ours ([Keys]), reads files and makes none but [Create]'s.
package config

import (
	"os"
	"path/filepath"

	"lama/archive"
)

// Config is everything that a run needs to know, checked, with absolute paths.
type Config struct {
	File     string // the prefs.json that was read
	Accounts []archive.Account
	UserDir  string // creds, data and logs are below it

	SaveJSON         bool
	FetchReblogs     bool
	FetchFavourites  bool
	FetchBookmarks   bool
	FetchMentions    bool
	FetchPolls       bool
	FetchLinked      bool
	FetchParents     bool
	FetchQuotes      bool
	DownloadOwn      bool // media of posts by any configured account
	DownloadOthers   bool
	DownloadPictures bool // avatars, custom emoji and the images of cards
	FetchLimit       int  // posts per request at most; 0 = the most that is decent for the server
	RecursionLimit   int  // hops; 0 follows nothing
	LogLevel         string
	LogHistoryLimit  int // files; 0 = all
	Database         DatabaseURL
	MediaMaxBytes    int64 // per file; 0 = no limit
	MediaConcurrency int
	APIConcurrency   int     // requests in flight per account
	RateShare        float64 // of what a server allows
	MediaPace        int     // files per second from one host at most; 0 = what is decent
	APIPace          int     // requests per second to one server at most; 0 = what is decent
	RewalkDays       int     // after which a collection is read again where something may appear in its middle; 0 = never
	AllowPrivate     []string
	MetricsFile      string // for the node exporter; empty = none

	SharePublic bool // persons see what others of the household post and boost in public

	persons map[string]string // to whom each account belongs
	sources map[string]string // where each key's value comes from
}

// Options is what [Load] starts from.
type Options struct {
	Path   string              // --config; empty: the first file that is found
	Dir    string              // the working directory; empty: the process's
	Getenv func(string) string // nil: the process's
	Flags  map[string]string   // flags that were given, by key ("log_level"): they win
	Write  bool                // refuse a user_dir that can't be written
}

// Load finds and reads prefs.json and lays the environment and the flags over it. Nothing is written. Whatever
// is wrong with the configuration is an [*Error]; where no file is found it is [ErrNoFile] too.
func Load(o Options) (Config, error) {
	o, err := o.filled()
	if err != nil {
		return Config{}, err
	}
	place, src, err := find(o)
	if err != nil {
		return Config{}, err
	}
	doc, err := parse(place.file, src)
	if err != nil {
		return Config{}, err
	}
	c := Config{File: place.file, sources: map[string]string{}}
	if c.Accounts, c.persons, err = doc.readAccounts(); err != nil {
		return Config{}, err
	}
	if err := c.apply(doc, o); err != nil {
		return Config{}, err
	}
	c.resolve(place)
	if o.Write {
		err = c.checkWritable()
	}
	return c, err
}

func (o Options) filled() (Options, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	dir, err := filepath.Abs(o.Dir)
	o.Dir = dir
	return o, err
}

// apply sets every key: default, then file, then what systemd hands over, then environment, then flag. A value that is overridden must be
// right all the same, so that taking the variable away never breaks what worked.
func (c *Config) apply(doc document, o Options) error {
	for _, k := range keys {
		s := k.bind(c)
		given := []given{{"default", literal{text: k.Default}}}
		if v, ok := doc.prefs[k.Name]; ok {
			given = append(given, v)
		}
		if v, ok, err := handed(k, o); err != nil {
			return err
		} else if ok {
			given = append(given, v)
		}
		if v := o.Getenv(k.Env()); v != "" {
			given = append(given, envGiven(k, v))
		}
		if v, ok := o.Flags[k.Name]; ok {
			given = append(given, flagGiven(k, v))
		}
		for _, g := range given {
			if err := s.set(g.literal); err != nil {
				return fail(g.source, "%s %w", k.Name, err)
			}
			c.sources[k.Name] = g.source
		}
	}
	return nil
}

// resolve makes the paths absolute. In Docker the folder is the volume that LAMA's users mount, whatever the
// file says.
func (c *Config) resolve(p place) {
	if p.docker {
		c.UserDir, c.sources["user_dir"] = "user", "DOCKER_MODE"
	}
	c.UserDir = below(p.base, c.UserDir)
	if c.MetricsFile != "" {
		c.MetricsFile = below(p.base, c.MetricsFile)
	}
	path, sqlite := c.Database.SQLite()
	switch {
	case c.Database.Secret() == "":
		c.Database = sqliteURL(filepath.Join(c.UserDir, "data", "lama.db"))
	case sqlite:
		c.Database = sqliteURL(below(p.base, path))
	}
}

func below(base, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

// Limits says how far each chain is followed.
func (c Config) Limits() archive.Limits {
	limit := func(on bool) int {
		if on {
			return c.RecursionLimit
		}
		return 0
	}
	return archive.Limits{
		archive.ChainParent: limit(c.FetchParents),
		archive.ChainLink:   limit(c.FetchLinked),
		archive.ChainQuote:  limit(c.FetchQuotes),
	}
}
