package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// collection is an OrderedCollection that is gathered on the disk: how many items it has stands before them.
type collection struct {
	file   *os.File
	buffer *bufio.Writer
	items  int
	bytes  int64
}

func newCollection(path string) (*collection, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return &collection{file: file, buffer: bufio.NewWriter(file)}, nil
}

func (c *collection) add(item any) error {
	text, err := inLine(item)
	if err != nil {
		return err
	}
	if c.items++; c.items > 1 {
		text = append([]byte(",\n"), text...)
	}
	c.bytes += int64(len(text))
	_, err = c.buffer.Write(text)
	return err
}

// inLine is a value as JSON in one line, with HTML as it is.
func inLine(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// writeTo writes the collection under a name, which is its id too, as in Mastodon's exports. It is closed then.
func (c *collection) writeTo(to sink, name string) error {
	head := fmt.Sprintf(`{"@context":%q,"id":%q,"type":"OrderedCollection","totalItems":%d,"orderedItems":[`+"\n",
		vocabulary, name, c.items)
	const tail = "\n]}\n"
	err := c.buffer.Flush()
	if _, failed := c.file.Seek(0, io.SeekStart); err == nil {
		err = failed
	}
	if err == nil {
		whole := io.MultiReader(strings.NewReader(head), c.file, strings.NewReader(tail))
		err = to.write(name, int64(len(head)+len(tail))+c.bytes, whole)
	}
	return errors.Join(err, c.close())
}

// close gives its file up; it may be closed already.
func (c *collection) close() error {
	if c == nil || c.file == nil {
		return nil
	}
	err := errors.Join(c.file.Close(), os.Remove(c.file.Name()))
	c.file = nil
	return err
}
