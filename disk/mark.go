package disk

import (
	"errors"
	"io/fs"
	"strings"
)

// MarkFile is the file in a data folder that says to which archive it belongs.
const MarkFile = "archive.id"

// Mark is the id of the archive that the folder belongs to; empty where it belongs to none yet.
func (f *Folder) Mark() (string, error) {
	text, err := f.root.ReadFile(MarkFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", f.fail("read", MarkFile, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// SetMark makes the folder an archive's, durably.
func (f *Folder) SetMark(id string) error { return f.WriteJSON(MarkFile, []byte(id+"\n")) }
