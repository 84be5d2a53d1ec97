package interchange_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"postbag/models/intake"
	"postbag/models/interchange"
)

// wxr wraps items in a WordPress export.
func wxr(items string) string {
	return `<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>` + items + "</channel></rss>"
}

// source hands out records.
type source interface {
	Next() (intake.Record, error)
}

// drain lists what a source says, and why it ended.
func drain(s source) (list []string, end error) {
	for range 100_000 {
		record, err := s.Next()
		var bad *intake.RecordError
		switch {
		case errors.As(err, &bad):
			list = append(list, fmt.Sprintf("bad %s %s %s", bad.Kind, bad.ID, bad.Code))
			continue
		case err != nil:
			return list, err
		}
		switch r := record.(type) {
		case *intake.Thread:
			list = append(list, fmt.Sprintf("thread %s %q %q %v", r.ID, r.Identifiers, r.Links, r.Closed))
		case *intake.Post:
			list = append(list, fmt.Sprintf("post %s of %s below %q by %q: %s %q", r.ID, r.Thread, r.Parent, r.Author.Name, r.Status, r.Text))
		case *intake.Person:
			list = append(list, fmt.Sprintf("person %s %q", r.Account, r.Name))
		}
	}
	return list, errors.New("it never ends")
}

func readWXR(t testing.TB, file string, limit int) ([]string, error) {
	t.Helper()
	r, err := interchange.NewWXRReader(strings.NewReader(file), limit)
	if err != nil {
		return nil, err
	}
	return drain(r)
}

func TestWXRReader(t *testing.T) {
	comment := func(id, more string) string {
		return "<wp:comment><wp:comment_id>" + id + "</wp:comment_id><wp:comment_approved>1</wp:comment_approved>" + more + "</wp:comment>"
	}
	tests := map[string]struct{ file, want string }{
		"nothing":                 {wxr(""), ""},
		"a post without comments": {wxr("<item><wp:post_id>1</wp:post_id><wp:comment_status>open</wp:comment_status></item>"), ""},
		"the id behind the comment": {
			wxr("<item>" + comment("5", "<wp:comment_content>Hi</wp:comment_content>") + "<wp:post_id>1</wp:post_id></item>"),
			`post 5 of line-1 below "" by "": approved "Hi"; thread line-1 [] [""] false`,
		},
		"other prefixes, one element": {
			strings.ReplaceAll(wxr("<item><wp:post_id>1</wp:post_id>"+comment("5", "")+"</item>"), "wp:", "w:"),
			`post 5 of 1 below "" by "": approved ""; thread 1 ["1"] [""] false`,
		},
		"an order note is no comment": {
			wxr("<item><wp:post_id>1</wp:post_id>" + comment("5", "<wp:comment_type>order_note</wp:comment_type>") + "</item>"), "bad order_note 5 left-out",
		},
		"no id": {wxr("<item><wp:post_id>1</wp:post_id>" + comment("x", "") + "</item>"), `bad post  bad-id; thread 1 ["1"] [""] false`},
		"too large": {
			wxr("<item><wp:post_id>1</wp:post_id>" + comment("5", "<wp:comment_content>"+strings.Repeat("x", 101)+"</wp:comment_content>") + "</item>"),
			`bad post 5 too-large; thread 1 ["1"] [""] false`,
		},
		"an unknown state waits": {
			wxr("<item><wp:post_id>1</wp:post_id><wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_approved>maybe</wp:comment_approved></wp:comment></item>"),
			`post 5 of 1 below "" by "": pending ""; thread 1 ["1"] [""] false`,
		},
		"not UTF-8": {
			wxr("<item><wp:post_id>1</wp:post_id>" + comment("5", "<wp:comment_content>\xff</wp:comment_content>") + "</item>"),
			`bad post 5 invalid-utf8; thread 1 ["1"] [""] false`,
		},
	}
	for name, test := range tests {
		got, err := readWXR(t, test.file, 100)
		if strings.Join(got, "; ") != test.want || err != io.EOF {
			t.Errorf("%s: %s, %v; want %s", name, strings.Join(got, "; "), err, test.want)
		}
	}
}

// What is left out is listed a hundred times and then counted.
func TestWXRReader_leftOut(t *testing.T) {
	one := "<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_type>pingback</wp:comment_type></wp:comment>"
	got, err := readWXR(t, wxr("<item><wp:post_id>1</wp:post_id>"+strings.Repeat(one, 150)+"</item>"), 100)
	if err != io.EOF || len(got) != 101 || got[100] != "bad summary  left-out" {
		t.Errorf("%d records, the last %q, %v", len(got), got[len(got)-1], err)
	}
}

// twinComments counts the comments of a file with encoding/xml.
func twinComments(file string) (n int, ok bool) {
	var rss struct {
		XMLName xml.Name `xml:"rss"`
		Channel []struct {
			Items []struct {
				Comments []struct{} `xml:"comment"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal([]byte(file), &rss); err != nil {
		return 0, false
	}
	for _, c := range rss.Channel {
		for _, i := range c.Items {
			n += len(i.Comments)
		}
	}
	return n, true
}

// FuzzWXRReader: nothing makes the reader hang, panic or lose a comment that
// encoding/xml finds in a file that both take.
func FuzzWXRReader(f *testing.F) {
	f.Add(wxr("<item><wp:post_id>1</wp:post_id><wp:comment><wp:comment_id>5</wp:comment_id></wp:comment></item>"))
	f.Add(wxr("<item><wp:comment><wp:comment_content><![CDATA[a]]></wp:comment_content></wp:comment><x/></item>"))
	f.Add("<rss><channel><item>")
	f.Fuzz(func(t *testing.T, file string) {
		got, err := readWXR(t, file, 1000)
		want, ok := twinComments(file)
		if err != io.EOF || !ok {
			return
		}
		n := 0
		for _, line := range got {
			if !strings.HasPrefix(line, "thread ") && !strings.HasPrefix(line, "bad summary") {
				n++
			}
		}
		if n != want {
			t.Errorf("%d comments, want %d: %q", n, want, got)
		}
	})
}
