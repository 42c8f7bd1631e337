// Package disk is the data folder: names that are safe on every file system, and files that are whole or not
// there at all. It knows where a file belongs, not what is in it.
//
// Paths are relative to the data folder and have slashes on every system: that is how they stand in the
// database.
package disk
