package disk

import "golang.org/x/sys/windows"

// Free is how many bytes can still be written to the disk of a folder, by who runs the program.
func Free(dir string) (free uint64, err error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	}
	if err != nil {
		return 0, &Error{Op: "look at the disk of", Path: dir, Err: err}
	}
	return free, nil
}
