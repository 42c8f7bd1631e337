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

// RemoveAll removes a folder with all that is in it; one that is not there is removed already.
func (f *Folder) RemoveAll(dir string) error {
	if err := f.root.RemoveAll(dir); err != nil {
		return f.fail("remove", dir, err)
	}
	return nil
}
