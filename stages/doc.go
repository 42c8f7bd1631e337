// Package stages holds what the pipeline runs: page asks a server, normalize turns its answer into posts and
// activities, recurse says what became of what was asked for, media downloads a file, write commits and puts
// the JSON files on disk. Stages are plain functions without goroutines and channels.
package stages
