package interchange

import "regexp"

// externalPattern is the form of the ids of comments with their system.
var externalPattern = regexp.MustCompile(`^[a-z0-9][A-Za-z0-9-]{0,50}:[A-Za-z0-9_.:-]{1,100}$`)

// authorPattern is the form of the keys of imported authors.
var authorPattern = regexp.MustCompile(`^[a-zA-Z0-9-]{1,50}:(user|guest):[A-Za-z0-9_-]{24}$`)

// IsExternalID reports whether id can name a comment with the system that it is
// of, such as disqus:12.
func IsExternalID(id string) bool { return externalPattern.MatchString(id) }

var systemPattern = regexp.MustCompile(`^[a-z0-9][A-Za-z0-9-]{0,50}:[^\x00-\x1f]+$`)

// IsThreadID is IsExternalID for threads, which some systems know by addresses.
func IsThreadID(id string) bool { return len(id) <= maxThreadID && systemPattern.MatchString(id) }

const maxThreadID = 2000 // bytes, as much as an index can hold

// IsImportedKey reports whether key can be that of an imported author. Those of
// people who write here, or who are signed in, never are.
func IsImportedKey(key string) bool { return authorPattern.MatchString(key) }
