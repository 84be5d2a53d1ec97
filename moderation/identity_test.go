package moderation

import (
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

func TestNormaliseURL(t *testing.T) {
	tests := map[string]struct{ raw, normal, host string }{
		"plain":              {"https://news.example/a/b", "news.example/a/b", "news.example"},
		"scheme":             {"HTTP://news.example/a/b", "news.example/a/b", "news.example"},
		"host in capitals":   {"https://News.Example/A", "news.example/A", "news.example"},
		"www":                {"https://www.news.example/a", "news.example/a", "news.example"},
		"https port":         {"https://news.example:443/a", "news.example/a", "news.example"},
		"http port":          {"http://news.example:80/a", "news.example/a", "news.example"},
		"no port":            {"http://news.example:/a", "news.example/a", "news.example"},
		"other port":         {"http://localhost:04000/a", "localhost:4000/a", "localhost:4000"},
		"IPv6":               {"http://[::1]:4000/a", "[::1]:4000/a", "[::1]:4000"},
		"final dot":          {"http://news.example./a", "news.example/a", "news.example"},
		"user":               {"https://editor:secret@news.example/a", "news.example/a", "news.example"},
		"other script":       {"https://новости.example/a", "новости.example/a", "новости.example"},
		"only the host":      {"https://news.example", "news.example", "news.example"},
		"root":               {"https://news.example/", "news.example", "news.example"},
		"trailing slashes":   {"https://news.example/a//", "news.example/a", "news.example"},
		"index":              {"https://news.example/a/index.html", "news.example/a", "news.example"},
		"index of all":       {"https://news.example/index.html", "news.example", "news.example"},
		"index in a name":    {"https://news.example/my-index.html", "news.example/my-index.html", "news.example"},
		"fragment":           {"https://news.example/a#comments", "news.example/a", "news.example"},
		"new thread":         {"https://news.example/a#!newthread", "news.example/a", "news.example"},
		"fragment with ?":    {"https://news.example/a#x?p=1", "news.example/a", "news.example"},
		"content query":      {"https://news.example/?p=12", "news.example?p=12", "news.example"},
		"query, no path":     {"https://news.example?p=12", "news.example?p=12", "news.example"},
		"order":              {"https://news.example/a?z=1&a=2", "news.example/a?z=1&a=2", "news.example"},
		"tracking":           {"https://news.example/a?utm_source=x&UTM_Medium=y&fbclid=z", "news.example/a", "news.example"},
		"tracking between":   {"https://news.example/a?p=1&gclid=5&page=2", "news.example/a?p=1&page=2", "news.example"},
		"tracking in hiding": {"https://news.example/a?%75tm_source=x&p=1", "news.example/a?p=1", "news.example"},
		"like tracking":      {"https://news.example/a?utmost=1&fromage=2", "news.example/a?utmost=1&fromage=2", "news.example"},
		"empty parameters":   {"https://news.example/a?&p=1&&", "news.example/a?p=1", "news.example"},
		"WeChat":             {"https://news.example/a?from=timeline&isappinstalled=0", "news.example/a", "news.example"},
		"space around":       {"\n\t https://news.example/a \n", "news.example/a", "news.example"},
		"encoded":            {"https://news.example/caf%c3%a9/%7Ea", "news.example/caf%C3%A9/~a", "news.example"},
		"not encoded":        {"https://news.example/café/~a", "news.example/caf%C3%A9/~a", "news.example"},
		"slash in a segment": {"https://news.example/a%2Fb", "news.example/a%2Fb", "news.example"},
		"broken encoding":    {"https://news.example/100%-sure?q=50%", "news.example/100%25-sure?q=50%25", "news.example"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			normal, host, ok := normaliseURL(test.raw)
			if !ok || normal != test.normal || host != test.host {
				t.Errorf("normaliseURL(%q) = %q, %q, %v; want %q, %q", test.raw, normal, host, ok, test.normal, test.host)
			}
		})
	}
}

func TestNormaliseURL_Refused(t *testing.T) {
	tests := map[string]string{
		"empty":             "",
		"relative":          "/2014/a",
		"no scheme":         "news.example/a",
		"no scheme, //":     "//news.example/a",
		"other scheme":      "ftp://news.example/a",
		"script":            "javascript://news.example/%0aalert(1)",
		"no host":           "https:///a",
		"space in the host": "https://news example/a",
		"escape in host":    "http://news.example%zz/a",
		"bad port":          "http://news.example:http/a",
		"large port":        "http://news.example:65536/a",
		"empty label":       "http://news..example/a",
		"control character": "https://news.example/a\x00b",
		"not UTF-8":         "https://news.example/\xff",
		"too long":          "https://news.example/" + strings.Repeat("a", maxURL),
		"too long encoded":  "https://news.example/" + strings.Repeat("é", maxURL/3),
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			if normal, _, ok := normaliseURL(raw); ok {
				t.Errorf("normaliseURL(%q) = %q, want a refusal", raw, normal)
			}
			if exact := exactURL(raw); exact != "" {
				t.Errorf("exactURL(%q) = %q, want none", raw, exact)
			}
		})
	}
}

func TestHostKey(t *testing.T) {
	tests := map[string]string{
		"news.example":                "news.example",
		"www.News.example":            "news.example",
		"https://News.example:443/x":  "news.example",
		"http://www.news.example:80":  "news.example",
		"http://localhost:4000":       "localhost:4000",
		"localhost:4000":              "localhost:4000",
		"news.example/path?x=1#y":     "news.example",
		" https://news.example ":      "news.example",
		"[::1]:8080":                  "[::1]:8080",
		"":                            "",
		"https://":                    "",
		"https://news.example:nope/x": "",
		"two words":                   "",
		"*.news.example":              "",
	}
	for address, want := range tests {
		if got, ok := hostKey(address); got != want || ok != (want != "") {
			t.Errorf("hostKey(%q) = %q, %v; want %q", address, got, ok, want)
		}
	}
}

func TestAllows(t *testing.T) {
	site := models.Site{Hosts: []string{"news.example", "localhost:4000"}}
	tests := map[string]bool{
		"https://www.news.example/a": true, "http://news.example/a": true, "http://localhost:4000/": true,
		"http://localhost/": false, "https://news.example.evil.example/a": false, "https://evil.example/?news.example": false,
		"https://news.example@evil.example/": false, `https://evil.example\@news.example/`: false,
	}
	for raw, want := range tests {
		_, host, _ := normaliseURL(raw)
		if got := allows(&site, host); got != want {
			t.Errorf("pages at %s: allowed is %v, want %v", raw, got, want)
		}
	}
	if allows(&models.Site{Hosts: []string{""}}, "") {
		t.Error("no host is allowed")
	}
}

func TestAliasesOf(t *testing.T) {
	name := func(kind store.AliasKind, value string) store.Alias {
		return store.Alias{SiteID: 3, Kind: kind, Value: value}
	}
	const raw = "http://www.news.example/a/?p=1&utm_source=x"
	long := strings.Repeat("x", maxIdentifier+1)
	exact, normal := name(store.AliasURL, raw), name(store.AliasNormalised, "news.example/a?p=1")
	tests := map[string]struct {
		ref  models.ArticleRef
		want []store.Alias
	}{
		"both":             {models.ArticleRef{ID: " 12 ", URL: raw + "#x"}, []store.Alias{name(store.AliasIdent, "12"), exact, normal}},
		"URL only":         {models.ArticleRef{URL: raw}, []store.Alias{exact, normal}},
		"identifier only":  {models.ArticleRef{ID: "12 https://news.example/?p=12"}, []store.Alias{name(store.AliasIdent, "12 https://news.example/?p=12")}},
		"relative URL":     {models.ArticleRef{ID: "12", URL: "/a"}, []store.Alias{name(store.AliasIdent, "12")}},
		"long identifier":  {models.ArticleRef{ID: long, URL: raw}, []store.Alias{name(store.AliasIdent, "long:"+fingerprint(long)), exact, normal}},
		"broken bytes":     {models.ArticleRef{ID: "\xff"}, []store.Alias{name(store.AliasIdent, "long:"+fingerprint("\xff"))}},
		"a zero byte":      {models.ArticleRef{ID: "a\x00b"}, []store.Alias{name(store.AliasIdent, "long:"+fingerprint("a\x00b"))}},
		"of a template":    {models.ArticleRef{ID: "\n\t12\r\n"}, []store.Alias{name(store.AliasIdent, "12")}},
		"a tab within":     {models.ArticleRef{ID: "a\tb"}, []store.Alias{name(store.AliasIdent, "a\tb")}},
		"nothing":          {models.ArticleRef{Title: "Title"}, nil},
		"identifier limit": {models.ArticleRef{ID: strings.Repeat("x", maxIdentifier)}, []store.Alias{name(store.AliasIdent, strings.Repeat("x", maxIdentifier))}},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			if got := aliasesOf(3, test.ref); !slices.Equal(got, test.want) {
				t.Errorf("aliases are %v, want %v", got, test.want)
			}
		})
	}
}

func FuzzNormaliseURL(f *testing.F) {
	for _, seed := range []string{
		"https://www.news.example:443/a/index.html/?utm_source=x&p=%31#c", "http://[::1]:80/%zz%2f?%26=&a", "http://www.www.a./..//?", `http://a\b@c/é?é`,
		"https://İ.example/", "http://a:0080/index.html/index.html//",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		normal, host, ok := normaliseURL(raw)
		if !ok {
			return
		}
		if len(normal) > maxURL || !strings.HasPrefix(normal, host) {
			t.Fatalf("normal form %q on host %q", normal, host)
		}
		again, sameHost, ok := normaliseURL("https://" + normal)
		if !ok || again != normal || sameHost != host {
			t.Fatalf("%q became %q, then %q on %q (%v)", raw, normal, again, sameHost, ok)
		}
		if key, ok := hostKey(raw); !ok || key != host {
			t.Fatalf("hostKey(%q) is %q, not %q", raw, key, host)
		}
	})
}
