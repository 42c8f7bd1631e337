package search_test

import (
	"testing"

	"lama/search"
)

// told are texts as people write them, in several scripts.
var told = []string{
	"Good morning, fediverse. The heron is back at the pond. It looks annoyed, and so do the fish; nobody has told the ducks yet.",
	"Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Schöne Grüße aus Österreich, wo die Äpfel süß sind.",
	"今日はとてもいい天気ですね。散歩に行きましょう！12枚目の写真を撮りました。桜が咲いています。友達と一緒にお茶を飲みましょう。",
	"Съешь же ещё этих мягких французских булок, да выпей чаю. Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
	"مرحبا بالعالم، هذا منشور قصير. שלום עולם! זה פוסט קצר 👩‍👩‍👧‍👦🏳️‍🌈",
}

func BenchmarkTerms(b *testing.B) {
	for i, name := range []string{"english", "german", "japanese", "cyrillic", "arabic"} {
		d := search.Document{Texts: told[i : i+1]}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(told[i])))
			b.ReportAllocs()
			for b.Loop() {
				d.Terms()
			}
		})
	}
}
