package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lama/export"
	"lama/web"
)

// Posts in a file of what a search needs: of their words, all files are loaded; of the posts, those with what was found.
const (
	wordsPerFile = 1000
	postsPerFile = 100 // the search's script knows it
)

// finding writes what a browser searches: scripts, for a page from a disk may load nothing else.
type finding struct {
	*builder
	all   int
	words [][2]any // of the next file: a post's second and its terms
	posts []string // of the next file: HTML
}

func wordsFile(n int) string { return fmt.Sprintf("search/words-%d.js", n) }
func postsFile(n int) string { return fmt.Sprintf("search/posts-%d.js", n) }

// add takes a post in. A boost that says nothing of its own has no words.
func (f *finding) add(ctx context.Context, p export.Post) error {
	terms := p.Terms()
	if terms == nil {
		return nil
	}
	place := f.page(ctx, findPage)
	var b bytes.Buffer
	err := place.views().Post(f.alone(p.Seen)).Write(&b)
	if err = errors.Join(err, place.err); err != nil {
		return err
	}
	f.words = append(f.words, [2]any{p.CreatedAt.Unix(), " " + strings.Join(terms, " ") + " "})
	f.posts = append(f.posts, b.String())
	if f.all++; f.all%postsPerFile == 0 {
		err = f.flushPosts()
	}
	if f.all%wordsPerFile == 0 {
		err = errors.Join(err, f.flushWords())
	}
	return err
}

// finish writes what is left.
func (f *finding) finish() error { return errors.Join(f.flushPosts(), f.flushWords(), f.write()) }

func (f *finding) flushPosts() error {
	if len(f.posts) == 0 {
		return nil
	}
	n := (f.all - 1) / postsPerFile
	text, err := json.Marshal(f.posts)
	f.posts = nil
	if err != nil {
		return err
	}
	return f.out.write(postsFile(n), fmt.Appendf(nil, "finder.posts(%d, %s);\n", n, text))
}

func (f *finding) flushWords() error {
	if len(f.words) == 0 {
		return nil
	}
	text, err := json.Marshal(f.words)
	f.words = nil
	if err != nil {
		return err
	}
	return f.out.write(wordsFile((f.all-1)/wordsPerFile), fmt.Appendf(nil, "finder.words(%s);\n", text))
}

// write writes the page of the search, or why there is none.
func (f *finding) write() error {
	p := f.page(context.Background(), findPage)
	frame := p.frame()
	if f.searched() {
		frame.Scripts = append(frame.Scripts, staticPath+"find.js")
		for n := range (f.all + wordsPerFile - 1) / wordsPerFile {
			frame.Scripts = append(frame.Scripts, wordsFile(n))
		}
	}
	return p.writeIn(frame, "find", web.Page{Title: "Search", Here: "Search", Body: struct {
		Searched    bool
		Posts, Most int64
		Tags        string
	}{f.searched(), int64(f.here.posts.len()), int64(f.most), tagsPage}})
}
