package rules_test

import (
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// linksOf are the http and https links of a test text, as the renderer finds
// them.
func linksOf(text string) []string {
	var links []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n()[]<>", r) }) {
		if strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
			links = append(links, word)
		}
	}
	return links
}

func TestLinks(t *testing.T) {
	known := rules.AuthorFacts{Approved: 1}
	for _, c := range []struct {
		spec, text string
		author     rules.AuthorFacts
		want       string // detail, empty when it does not fire
		marked     string
	}{
		{`{"more_than":1}`, "https://a.example", known, "", ""},
		{`{"more_than":1}`, "https://a.example and https://a.example", known, "2 links; more than 1 is too many", "https://a.example https://a.example"},
		{`{"more_than":0}`, "[x](https://a.example/?b=1)", known, "1 link; more than 0 is too many", "https://a.example/?b=1"},
		{`{"more_than":0,"except_hosts":["a.example"]}`, "https://www.a.example/x", known, "", ""},
		{`{"more_than":0,"except_hosts":["a.example"]}`, "https://www.a.example/x https://b.example", known, "1 link; more than 0 is too many", "https://b.example"},
		{`{"hosts":["bad.example"]}`, "https://good.example", known, "", ""},
		{`{"hosts":["bad.example"]}`, "https://notbad.example", known, "", ""},
		{`{"hosts":["bad.example"]}`, "https://bad.example.good.example", known, "", ""},
		{`{"hosts":["bad.example"]}`, "https://x.bad.example/y", known, "links to “x.bad.example”; names the host “bad.example”", "https://x.bad.example/y bad.example"},
		{`{"hosts":["*.bad.example"]}`, "go to bad.example now", known, "names the host “bad.example”", "bad.example"},
		{`{"hosts":["bad.example"]}`, "go to bad[.]example", known, "names the host “bad.example”", "bad[.]example"},
		{`{"hosts":["bad.example"]}`, "https://BAD.example", known, "links to “bad.example”; names the host “bad.example”", "https://BAD.example BAD.example"},
		{`{"hosts":["bad.example"],"except_hosts":["ok.bad.example"]}`, "https://ok.bad.example/", known, "", ""},
		{`{"hosts":[".ru"]}`, "https://shop.ru/a", known, "links to “shop.ru”", "https://shop.ru/a"},
		{`{"hosts":["192.0.2.7"]}`, "http://192.0.2.7:80/x and 192 0 2 7", known, "links to “192.0.2.7”", "http://192.0.2.7:80/x"},
		{`{"hosts":["Bücher.example"]}`, "bu\u0308cher.example", known, "names the host “Bücher.example”", "bu\u0308cher.example"},
		{`{"hosts":["bücher.example"]}`, "https://xn--bcher-kva.example/", known, "links to “xn--bcher-kva.example”", "https://xn--bcher-kva.example/"},
		{`{"hosts":[".ru"]}`, "https://rush.example", known, "", ""},
		{`{"shorteners":true}`, "https://bit.ly/abc", known, "hides where a link goes with “bit.ly”", "https://bit.ly/abc bit.ly"},
		{`{"shorteners":true}`, "look: tinyurl.com/abc", known, "hides where a link goes with “tinyurl.com”", "tinyurl.com"},
		{`{"shorteners":true}`, "a habit. Lyrics at bbc.co.uk", known, "", ""},
		{`{"first_link":true}`, "https://a.example", known, "", ""},
		{`{"first_link":true}`, "https://a.example", rules.AuthorFacts{}, "the first link of an author without an approved comment", "https://a.example"},
		{`{"first_link":true}`, "https://a.example", rules.AuthorFacts{Sanction: "trust"}, "", ""},
		{`{"first_link":true}`, "no link", rules.AuthorFacts{}, "", ""},
		{`{"first_link":true,"more_than":0}`, "https://a.example", rules.AuthorFacts{}, "1 link; more than 0 is too many; the first link of an author without an approved comment", "https://a.example"},
	} {
		f := fired(t, rules.Links, c.spec, rules.Input{Text: c.text, Links: linksOf(c.text)}, rules.Facts{Author: c.author})
		var detail string
		var marked []string
		if f != nil {
			detail = f.Detail
			for _, m := range f.Matches {
				marked = append(marked, c.text[m.Start:m.End])
			}
		}
		if detail != c.want || strings.Join(marked, " ") != c.marked {
			t.Errorf("%s on %q: %q, marked %q", c.spec, c.text, detail, marked)
		}
	}
}

// TestDefanged: links written so that they are none are found; talk is not.
func TestDefanged(t *testing.T) {
	for text, want := range map[string]string{
		"get it at hxxps://evil.example/x":        "hxxps://",
		"h**p://evil.example":                     "h**p://",
		"https[:]//evil.example":                  "https[:]//",
		"http : / / evil.example":                 "http : / /",
		"buy at pills[.]example today":            "pills[.]example",
		"buy at pills(.)example":                  "pills(.)example",
		"buy at pills[.example":                   "pills[.example",
		"buy at pills (dot) com":                  "pills (dot) com",
		"buy at pills[dot]shop":                   "pills[dot]shop",
		"buy at cheap-pills dot com now":          "cheap-pills dot com",
		"купи на pills точка ру":                  "pills точка ру",
		"the dot com bubble of 2000":              "",
		"I learn dot net at work":                 "",
		"https://fine.example and http://x.test":  "",
		"see fig. (a) [sic] and (point) being":    "",
		"a list [.NET, Java] of words":            "",
		"connect the dots, come on":               "",
		"an array a[i].name and f(x).y":           "",
		"he said [...] and left (no dot).":        "",
		"It costs 5. Come by at 10 (or 11) today": "",
	} {
		f := fired(t, rules.Links, `{"defanged":true}`, rules.Input{Text: text}, rules.Facts{})
		got := ""
		if f != nil {
			got = text[f.Matches[0].Start:f.Matches[0].End]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestHosts: a link is read as browsers read it, and counted by the domain that
// somebody had to register.
func TestHosts(t *testing.T) {
	for link, want := range map[string]string{
		"https://a.b.spam.co.uk/x":           "spam.co.uk",
		"http://user:pw@Spam.Example:8080/x": "spam.example",
		"http:/\\spam.example\\x":            "spam.example",
		"http://spam.example.":               "spam.example",
		"http://s%70am.example/":             "spam.example",
		"http://ｓｐａｍ.example/":               "spam.example",
		"http://spam。example/":               "spam.example",
		"http://bücher.example/":             "xn--bcher-kva.example",
		"http://192.0.2.7/x":                 "192.0.2.7",
		"http://[2001:db8::7]:80/":           "2001:db8::7",
		"mailto:a@spam.example?subject=x":    "spam.example",
		"spam.example":                       "",
		"http://":                            "",
	} {
		got := rules.Hosts([]string{link})
		if want == "" && len(got) != 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", link, got, want)
		}
	}
	var many []string
	for i := range 30 {
		many = append(many, "https://x"+strings.Repeat("y", i)+".example/", "https://www.x.example/")
	}
	if got := rules.Hosts(many); len(got) != 10 || got[0] != "x.example" || got[1] == got[0] {
		t.Errorf("many: %q", got)
	}
}

// TestSubdomainsAreCovered: the keyword matcher finds hosts of a list where no
// link was made, in disguise too.
func TestSubdomainsAreCovered(t *testing.T) {
	for _, text := range []string{"www.bad.example", "x.y.bad.example/z", "ｂａｄ.example", "bad . example", "bаd.example"} {
		if fired(t, rules.Links, `{"hosts":["bad.example"]}`, rules.Input{Text: text}, rules.Facts{}) == nil {
			t.Errorf("%q is not found", text)
		}
	}
}

func TestMatchesLieInTheirField(t *testing.T) {
	in := rules.Input{Text: "see &#104;ttps://a.example", Links: []string{"https://a.example", "https://a.example/%20"}}
	f := fired(t, rules.Links, `{"more_than":0}`, in, rules.Facts{})
	want := []models.Match{{Field: "text", Start: 17, End: 26}, {Field: "link", Start: 0, End: 21}}
	if f == nil || !slices.Equal(f.Matches, want) {
		t.Errorf("matches %+v", f.Matches)
	}
}
