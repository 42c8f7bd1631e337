package archive

// Damage is something that an archive says of itself and that is not so.
type Damage struct {
	Where  string `json:"where"`            // a file's path below the data folder, or a row or a part of the database
	What   string `json:"what"`             // what is wrong with it
	Remedy string `json:"remedy,omitempty"` // what is to be done; empty where it is mended
	Mended bool   `json:"mended"`
}

// Holdings is how much an archive says it has.
type Holdings struct {
	Rows  int64 // in all tables that hold or name posts and files
	Files int64 // of media
	Bytes int64 // of these
	JSON  int64 // files of activities
}
