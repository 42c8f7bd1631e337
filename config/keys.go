package config

import (
	"fmt"
	"strings"
)

// Key is one preference. What stands here is all there is to say about it: the loader, the environment, the
// errors and the README's table are made from it.
type Key struct {
	Name    string
	Default string // as the environment would write it
	Doc     string
	bind    func(*Config) setting
}

// Env is the variable that sets the key.
func (k Key) Env() string { return "LAMA_" + strings.ToUpper(k.Name) }

func flagName(k Key) string { return "--" + strings.ReplaceAll(k.Name, "_", "-") }

func on(name, doc string, p func(*Config) *bool) Key {
	return Key{name, "1", doc, func(c *Config) setting { return toggle{p(c)} }}
}

func count(name, def, doc string, least, most int, p func(*Config) *int) Key {
	return Key{name, def, doc, func(c *Config) setting { return whole[int]{p(c), least, most} }}
}

var keys = []Key{
	{"user_dir", "user", "Folder of credentials, data and logs; relative to the file's folder, or to the one above " +
		"where the file is `user/prefs.json`. Ignored where `DOCKER_MODE` is set.",
		func(c *Config) setting { return text{&c.UserDir} }},
	on("save_json", "Keep each post as a JSON file too.", func(c *Config) *bool { return &c.SaveJSON }),
	on("fetch_reblogs", "Archive boosts.", func(c *Config) *bool { return &c.FetchReblogs }),
	on("fetch_favourites", "Archive favourites.", func(c *Config) *bool { return &c.FetchFavourites }),
	on("fetch_bookmarks", "Archive bookmarks.", func(c *Config) *bool { return &c.FetchBookmarks }),
	on("fetch_mentions", "Archive posts that mention the account.", func(c *Config) *bool { return &c.FetchMentions }),
	on("fetch_polls", "Archive polls that the account voted in or made.",
		func(c *Config) *bool { return &c.FetchPolls }),
	on("fetch_linked_posts", "Follow links to posts of the fediverse.",
		func(c *Config) *bool { return &c.FetchLinked }),
	on("fetch_reply_parents", "Follow replies upwards.", func(c *Config) *bool { return &c.FetchParents }),
	on("fetch_quotes", "Follow quotes.", func(c *Config) *bool { return &c.FetchQuotes }),
	on("download_own_attachments", "Download the media of posts by the configured accounts.",
		func(c *Config) *bool { return &c.DownloadOwn }),
	on("download_others_attachments", "Download the media of everybody else's posts.",
		func(c *Config) *bool { return &c.DownloadOthers }),
	on("download_pictures", "Download avatars, custom emoji and the images of link previews, each once.",
		func(c *Config) *bool { return &c.DownloadPictures }),
	{"fetch_limit", "25", "Posts per request at most; 25, LAMA's default, or 0 stand for the most that is decent.",
		func(c *Config) setting { return pageSize{whole[int]{&c.FetchLimit, 0, 1000}} }},
	count("recursion_limit", "100", "Hops that links, parents and quotes are followed; 0 follows none.",
		0, 1_000_000, func(c *Config) *int { return &c.RecursionLimit }),
	{"log_level", "info", "debug, info, warning or critical; debug writes private posts into the log file.",
		func(c *Config) setting {
			return choice{&c.LogLevel, []string{"debug", "info", "warning", "critical"}}
		}},
	count("log_history_limit", "1000", "Log files to keep; 0 keeps all.",
		0, 1_000_000, func(c *Config) *int { return &c.LogHistoryLimit }),
	{"database_url", "", "`postgres://…` or `sqlite:path` (relative as user_dir is); by default SQLite in " +
		"`<user_dir>/data/lama.db`.", func(c *Config) setting { return database{&c.Database} }},
	{"media_max_bytes", "0", "Largest media file that is downloaded; 0 sets no limit, but for files of which a server " +
		"does not say how large they are: 1 GiB.",
		func(c *Config) setting { return whole[int64]{&c.MediaMaxBytes, 0, 1 << 50} }},
	count("media_concurrency", "8", "Media files downloaded at the same time.",
		1, 64, func(c *Config) *int { return &c.MediaConcurrency }),
	count("api_concurrency", "4", "Requests to the API at the same time, per account.",
		1, 16, func(c *Config) *int { return &c.APIConcurrency }),
	{"rate_share", "0.75", "Share of what a server allows that is used; the rest is left to the account's other apps.",
		func(c *Config) setting { return share{&c.RateShare} }},
	count("media_pace", "0", "Files per second from one host at most; 0 stands for 50.",
		0, 1_000_000, func(c *Config) *int { return &c.MediaPace }),
	count("api_pace", "0", "Requests per second to one server at most; 0 stands for 100, or 20 where it states no limit.",
		0, 1_000_000, func(c *Config) *int { return &c.APIPace }),
	count("rewalk_days", "30", "Days after which posts on GoToSocial, and favourites and bookmarks on Friendica, are all read "+
		"again, up to 60 pages a run: what is new there may stand among what is old. Elsewhere `--recheck` does so. 0 never does.",
		0, 36_500, func(c *Config) *int { return &c.RewalkDays }),
	{"allow_private_hosts", "", "Hosts whose address may be private, as in a home network.",
		func(c *Config) setting { return hosts{&c.AllowPrivate} }},
	{"metrics_file", "", "Where each run writes figures for Prometheus' node exporter, as `…/lama.prom` (relative as user_dir is).",
		func(c *Config) setting { return optional{&c.MetricsFile} }},
	on("share_public", "Persons see what others of the household post and boost in public; an account says whose it is by "+
		"`\"person\": \"…\"`, and is a person's of its own otherwise.", func(c *Config) *bool { return &c.SharePublic }),
}

// Keys lists the preferences in the order of the README.
func Keys() []Key { return keys }

func keyNames() []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return names
}

// Markdown is the README's table of the preferences.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| key | default | meaning |\n|---|---|---|\n")
	for _, k := range keys {
		def := ""
		if k.Default != "" {
			def = "`" + k.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, def, k.Doc)
	}
	return b.String()
}

// Value is what is in force for one key.
type Value struct {
	Key    string `json:"key"`
	Value  any    `json:"value"` // secrets are hidden
	Source string `json:"source"`
}

// Values lists what is in force, in the order of [Keys], and where it comes from: "default", file:line, a
// variable or a flag.
func (c Config) Values() []Value {
	values := make([]Value, len(keys))
	for i, k := range keys {
		values[i] = Value{k.Name, k.bind(&c).value(), c.sources[k.Name]}
	}
	return values
}
