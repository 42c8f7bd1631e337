package disk

import "os"

// Read opens a file for reading. The caller closes it.
func (f *Folder) Read(path string) (*os.File, error) {
	file, err := f.root.Open(path)
	if err != nil {
		return nil, f.fail("open", path, err)
	}
	return file, nil
}
