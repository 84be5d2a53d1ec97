package interchange_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"postbag/models/interchange"
)

func readCommento(t testing.TB, file string, limit int) ([]string, error) {
	t.Helper()
	r, err := interchange.NewCommentoReader(strings.NewReader(file), limit, "https://news.example/")
	if err != nil {
		return nil, err
	}
	return drain(r)
}

func TestCommentoReader(t *testing.T) {
	tests := map[string]struct{ records, want string }{
		"nothing":         {"", ""},
		"null":            {`"comments":null,`, "bad post  missing-id"},
		"unknown members": {`"x":{"a":[1,"]"]},"y":[[],{}],"z":-1.5,`, ""},
		"a page that gave its id": {
			`"comments":[{"commentHex":"a","domain":"b.example","url":"page-7"}],`,
			`thread b.example/page-7 ["page-7"] ["https://b.example/page-7"] false; post a of b.example/page-7 below "" by "": pending ""`,
		},
		"a whole address": {
			`"comments":[{"commentHex":"a","domain":"b.example","url":"http://c.example/x"}],`,
			`thread b.example/http://c.example/x [] ["http://c.example/x"] false; post a of b.example/http://c.example/x below "" by "": pending ""`,
		},
		"the base": {
			`"comments":[{"commentHex":"a","url":"/x","state":"approved"},{"commentHex":"b","url":"/x"}],`,
			`thread /x [] ["https://news.example/x"] false; post a of /x below "" by "": approved ""; post b of /x below "" by "": pending ""`,
		},
		"escapes":      {`"comments":[{"commentHex":"a","url":"/","markdown":"\"]}\\"},{"commentHex":7}],`, `thread / [] ["https://news.example/"] false; post a of / below "" by "": pending "\"]}\\"; bad post  bad-json`},
		"a bad id":     {`"comments":[{"commentHex":"a b"}],`, "bad post  bad-id"},
		"a bad time":   {`"comments":[{"commentHex":"a","creationDate":"x"}],`, "bad post a bad-date"},
		"at the limit": {`"comments":[{"commentHex":"a","url":"/","markdown":"` + strings.Repeat("x", 100) + `"}],`, `thread / [] ["https://news.example/"] false; post a of / below "" by "": pending "` + strings.Repeat("x", 100) + `"`},
		"too large":    {`"comments":[{"commentHex":"a","markdown":"` + strings.Repeat("x", 101) + `"}],`, "bad post a too-large"},
		"huge":         {`"comments":["` + strings.Repeat("x", 5<<20) + `"],`, "bad post  too-large"},
		"long address": {`"comments":[{"commentHex":"a","url":"` + strings.Repeat("x", 5000) + `"}],`, "bad post a too-large"},
		"commenters":   {`"commenters":[{"commenterHex":"u","name":"Ann"},{"commenterHex":"anonymous","name":"x"},[]],`, `person u "Ann"; bad commenter  bad-json`},
	}
	for name, test := range tests {
		got, err := readCommento(t, "\ufeff{"+test.records+`"version":1} `, 100)
		if strings.Join(got, "; ") != test.want || err != io.EOF {
			t.Errorf("%s: %.300s, %v; want %.300s", name, strings.Join(got, "; "), err, test.want)
		}
	}
}

// FuzzCommentoReader: nothing makes the reader hang or panic, and of a file that
// encoding/json takes it finds every comment.
func FuzzCommentoReader(f *testing.F) {
	f.Add(`{"version":1,"comments":[{"commentHex":"a","url":"/x"},{}]}`)
	f.Add(`{"comments":[1,"]",null,[{}]],"version":1,"commenters":[{"commenterHex":"u"}]}`)
	f.Add(`{"version":1,"comments":[{"commentHex":"`)
	f.Fuzz(func(t *testing.T, file string) {
		got, err := readCommento(t, file, 1000)
		var twin map[string]json.RawMessage
		var comments []json.RawMessage
		if json.Unmarshal([]byte(file), &twin) != nil || err != io.EOF || json.Unmarshal(twin["comments"], &comments) != nil {
			return
		}
		n := 0
		for _, line := range got {
			if strings.HasPrefix(line, "post ") || strings.HasPrefix(line, "bad post") {
				n++
			}
		}
		if n < len(comments) {
			t.Errorf("%d comments, want %d: %q", n, len(comments), got)
		}
	})
}
