package mastodontest

import "strings"

// sayings are texts in many languages, with what is difficult in each.
var sayings = []struct{ language, text string }{
	{"en", "Good morning, fediverse."},
	{"en", "The heron is back at the pond.\nIt looks annoyed.\n\nSo do the fish."},
	{"en", "5 < 6 && 7 > 6, \"quoted\" & 'single' #maths"},
	{"en", "I wrote something about it: https://blog.example.com/2023/01/a-rather-long-title-for-a-short-post?ref=feed&x=1"},
	{"en", "So happy :blob_cat: :party_parrot: about this #caturday"},
	{"de", "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. #Pangramm"},
	{"ja", "今日はとてもいい天気ですね。散歩に行きましょう！\n\n#写真"},
	{"zh", "敏捷的棕色狐狸跳过了懒狗。"},
	{"ar", "مرحبا بالعالم، هذا منشور قصير."},
	{"he", "שלום עולם! זה פוסט קצר 🙂"},
	{"", "👩‍👩‍👧‍👦🏳️‍🌈 👍🏽"},
	{"fr", "Ça va ? Voilà l’été…"},
}

// draft is what a person might post: a text, sometimes with a link, a warning, a file, or for fewer to see.
func (g *generator) draft(author *Person) Draft {
	saying := pick(g, sayings)
	d := Draft{Text: saying.text, Language: saying.language}
	if g.chance(5) && len(g.pool) > 0 {
		d.Text += " " + g.link(author)
	}
	switch {
	case g.chance(10):
		d.Visibility = "unlisted"
	case g.chance(5):
		d.Visibility = "private"
	}
	if g.chance(8) {
		d.Warning = pick(g, []string{"food", "Politik, schon wieder", "spoiler :blob_cat:"})
	}
	if g.chance(20) {
		d.Media = g.media()
	}
	return d
}

// link is the address of a post; one in four is of the author's own server.
func (g *generator) link(author *Person) string {
	target := pick(g, g.pool)
	switch {
	case g.chance(25):
		return author.home.View(target)
	case g.chance(20):
		return target.uri
	}
	return target.url
}

// media are one or two files.
func (g *generator) media() []Media {
	kinds := []Media{
		{Alt: "a heron"}, {Format: "jpeg", Alt: "two herons, \"annoyed\""}, {Format: "gif"},
		{Type: "gifv", Alt: "a heron walks"}, {Type: "video"}, {Type: "audio", Alt: "a heron complains"},
	}
	all := []Media{pick(g, kinds)}
	if g.chance(30) {
		all = append(all, pick(g, kinds))
	}
	return all
}

// cutHandle parts user@host.
func cutHandle(handle string) (user, host string) {
	user, host, _ = strings.Cut(handle, "@")
	return user, host
}
