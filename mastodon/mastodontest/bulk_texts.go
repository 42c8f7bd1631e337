package mastodontest

import (
	"regexp"
	"strings"
)

// bulkTexts are what bulk posts say. Each has the post's number in it, so that no two are the same.
var bulkTexts = []string{
	"Good morning, fediverse. This is number {number}, and the heron is back at the pond. It looks annoyed, and so do " +
		"the fish; nobody has told the ducks yet.\n\n#caturday #birds",
	"Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, zum {number}. Mal. Schöne Grüße aus Österreich, " +
		"wo die Äpfel süß und die Straßen naß sind.\n\n#pangramm #deutsch",
	"今日はとてもいい天気ですね。散歩に行きましょう！{number}枚目の写真を撮りました。桜が咲いています。\n\n" +
		"明日もまた来ます。友達と一緒にお茶を飲みましょう。\n\n#写真 #散歩",
	bulkMentioned + " Ça va&nbsp;? Voilà l’été, déjà le {number}e jour de soleil. On se retrouve au café près de l’" +
		"hôtel, à côté du théâtre.\n\n#été",
	"👩‍👩‍👧‍👦🏳️‍🌈 👍🏽 {number} 🎉🎉🎉\n\nSo happy about all of you. Thank you for the fish, the bread, the long evenings " +
		"and the rain. See you on the other side of the hill.\n\n#joy",
	"敏捷的棕色狐狸跳过了懒狗，第{number}次。我们明天再见，带上你的书和茶。\n\nمرحبا بالعالم، هذا منشور قصير. " +
		"שלום עולם! זה פוסט קצר 🙂\n\n#狐狸 #書",
	`I wrote something about it: <a href="https://blog.example.com/part-{number}?ref=feed&amp;x=1" target="_blank" ` +
		`rel="nofollow noopener" translate="no"><span class="invisible">https://</span><span class="ellipsis">` +
		`blog.example.com/part-</span><span class="invisible">{number}?ref=feed&amp;x=1</span></a>` +
		"\n\n5 &lt; 6 &amp;&amp; 7 &gt; 6.\n\n#maths",
	bulkMentioned + " yes, {number} times yes. I have read it twice, once forwards and once backwards, and I agree with " +
		"the part about the bridge but not with the goats.\n\n#books",
}

// bulkMentioned stands where a text names a stranger.
const bulkMentioned = "@neighbour"

var bulkTag = regexp.MustCompile(`#(\pL+)`)

// html is a text as Mastodon writes it.
func (b *Bulk) html(text string) string {
	text = bulkTag.ReplaceAllString(text, `<a href="`+b.base()+
		`/tags/$1" class="mention hashtag" rel="tag">#<span>$1</span></a>`)
	text = strings.ReplaceAll(text, bulkMentioned, `<span class="h-card" translate="no"><a href="https://`+strangerHost+
		`/@`+strangerName+`" class="u-url mention">@<span>`+strangerName+`</span></a></span>`)
	return "<p>" + strings.ReplaceAll(text, "\n\n", "</p><p>") + "</p>"
}

// tags are those of a text.
func (b *Bulk) tags(text string) list {
	tags := list{}
	for _, match := range bulkTag.FindAllStringSubmatch(text, -1) {
		tags = append(tags, object{{"name", match[1]}, {"url", b.base() + "/tags/" + match[1]}})
	}
	return tags
}
