package models

import (
	"strconv"
	"strings"
)

// IDKind is the first letter of a public id. It tells a person which kind of
// thing an id names, and keeps a comment's own id apart from the numeric ids of
// an imported system.
type IDKind byte

// The kinds of public ids.
const (
	ArticleID   IDKind = 'a'
	CommentID   IDKind = 'c'
	DecisionID  IDKind = 'd'
	ModeratorID IDKind = 'm'
	RuleID      IDKind = 'r'
	AuthorID    IDKind = 'u'
	BacktestID  IDKind = 'b'
	MoveID      IDKind = 'v'
	ImportID    IDKind = 'i'
)

// Format writes the public form of an id: the kind's letter and the number in
// base 36. Zero, which names nothing, becomes the empty string.
func (k IDKind) Format(id int64) string {
	if id == 0 {
		return ""
	}
	return string(rune(k)) + strconv.FormatInt(id, 36)
}

// Parse reads a public id back. It reports false for anything that Format
// would not have written.
func (k IDKind) Parse(s string) (int64, bool) {
	if len(s) < 2 || len(s) > 14 || s[0] != byte(k) {
		return 0, false
	}
	id, err := strconv.ParseInt(s[1:], 36, 64)
	if err != nil || id <= 0 || k.Format(id) != s {
		return 0, false
	}
	return id, true
}

// ExternalNumber returns the number of an imported id such as
// "disqus:5585802847", which is also the anchor the old system used.
func ExternalNumber(externalID string) (string, bool) {
	_, number, ok := strings.Cut(externalID, ":")
	return number, ok && number != ""
}
