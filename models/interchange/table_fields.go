package interchange

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"postbag/models/intake"
)

// tableField is what a column of a table can hold, and what such columns are
// usually called, with letters and digits only.
type tableField struct {
	name  string
	calls string
}

func tableFields() []tableField {
	return []tableField{
		{"id", "id commentid uuid"},
		{"external", "externalid"},
		{"parent", "parent parentid pid replyto inreplyto parentcommentid commentparent"},
		{"page", "identifier page pageid pageidentifier threadid thread postid article articleid slug commentpostid"},
		{"url", "url link permalink uri pageurl articleurl posturl threadurl pagelink"},
		{"title", "title pagetitle posttitle articletitle threadtitle"},
		{"author", "author name authorname user username displayname commentauthor nickname nick"},
		{"account", "authorid userid accountid"},
		{"email", "email mail authoremail useremail commentauthoremail"},
		{"text", "text body content message comment commentcontent raw markdown"},
		{"html", "html bodyhtml contenthtml texthtml"},
		{"format", "format"},
		{"date", "date created createdat createddate creationdate dategmt commentdategmt time timestamp published publishedat postedat commentdate"},
		{"edited", "edited editedat updated updatedat modified modifiedat"},
		{"status", "status state approved isapproved commentapproved"},
		{"spam", "spam isspam"},
		{"deleted", "deleted isdeleted"},
		{"likes", "likes likescount likecount upvotes votes score"},
		{"", "ip ipaddress authorip commentauthorip useragent"}, // never taken over
	}
}

// TableFields lists what columns of a table can hold.
func TableFields() []string {
	var names []string
	for _, f := range tableFields() {
		if f.name != "" {
			names = append(names, f.name)
		}
	}
	return names
}

// callOf is the name of a column in lower case, letters and digits only.
func callOf(column string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, column)
}

// matchColumns finds the column of each field: the one that is named for it, or
// else the first that is called as such columns usually are. unused are the
// columns that nothing is known of. It fails when a named column is not there, or
// text or page have none.
func matchColumns(columns []string, named map[string]string) (at map[string]int, unused []string, err error) {
	at = map[string]int{}
	used := map[int]bool{}
	for field, column := range named {
		i := slices.Index(columns, column)
		if i < 0 {
			return nil, nil, columnsError(columns, fmt.Sprintf("No column is called %.80q, which --map names.", column))
		}
		at[field], used[i] = i, true
	}
	for _, f := range tableFields() {
		for _, call := range strings.Fields(f.calls) {
			i := slices.IndexFunc(columns, func(c string) bool { return callOf(c) == call })
			if _, found := at[f.name]; i < 0 || used[i] || found && f.name != "" {
				continue
			}
			if used[i] = true; f.name != "" {
				at[f.name] = i
			}
		}
	}
	_, text := at["text"]
	_, html := at["html"]
	_, page := at["page"]
	_, url := at["url"]
	switch {
	case !text && !html:
		return nil, nil, columnsError(columns, "No column is known to hold the text. Name it: --map text=COLUMN.")
	case !page && !url:
		return nil, nil, columnsError(columns, "No column is known to hold the page. Name it: --map url=COLUMN for its address, --map page=COLUMN for its identifier.")
	}
	for i, c := range columns {
		if !used[i] {
			unused = append(unused, c)
		}
	}
	return at, unused, nil
}

func columnsError(columns []string, detail string) error {
	return &intake.SyntaxError{Line: 1, Detail: detail + " The file has: " + columnList(columns) + "."}
}

// columnList lists columns, of very many the first.
func columnList(columns []string) string {
	more := ""
	if len(columns) > 40 {
		columns, more = columns[:40], " and others"
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = fmt.Sprintf("%.60s", strings.Join(strings.Fields(c), " "))
	}
	return strings.Join(list, ", ") + more
}
