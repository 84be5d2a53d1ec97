package urlmap_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"postbag/moderation/urlmap"
)

// normal stands for the normal form of addresses: without scheme, www. and slash.
func normal(address string) (string, bool) {
	_, rest, ok := strings.Cut(address, "://")
	return strings.TrimRight(strings.TrimPrefix(strings.ToLower(rest), "www."), "/"), ok && strings.HasPrefix(address, "http") && rest != ""
}

func read(t testing.TB, text string) (*urlmap.Map, []urlmap.Fault) {
	t.Helper()
	m, faults, err := urlmap.Read(strings.NewReader(text), urlmap.Options{Normal: normal, Base: "https://o.example"})
	if err != nil {
		t.Fatal(err)
	}
	return m, faults
}

func TestRead_Forms(t *testing.T) {
	const to = "https://n.example/b"
	for name, text := range map[string]string{
		"comma": "https://o.example/a,https://n.example/b", "semicolon": "https://o.example/a;https://n.example/b", "tab": "https://o.example/a\thttps://n.example/b",
		"heading": "Old URL,New URL\r\nhttps://o.example/a,https://n.example/b\r\n", "byte order mark": "\ufeffhttps://o.example/a,https://n.example/b\n",
		"quoted": `"https://o.example/a","https://n.example/b"`, "space": " https://o.example/a , https://n.example/b ", "third column": "https://o.example/a,https://n.example/b,",
		"path": "/a,https://n.example/b", "Netlify": "/a https://n.example/b 301!", "Netlify without status": "/a  https://n.example/b",
		"Apache": "Redirect 301 /a https://n.example/b", "Apache permanent": "RedirectPermanent /a https://n.example/b", "nginx map": "/a https://n.example/b;",
		"comment": "# moved\n\nhttps://o.example/a,https://n.example/b", "Disqus": "https://o.example/c,\nhttps://o.example/d\nhttps://o.example/a, https://n.example/b",
	} {
		m, faults := read(t, text)
		if got, ok := m.Rewrite("http://www.o.example/a/"); got != to || !ok || len(faults) > 0 {
			t.Errorf("%s: %q, %v; faults %v", name, got, ok, faults)
		}
		if _, ok := m.Rewrite("https://o.example/c"); ok {
			t.Errorf("%s: a line without a new address moves", name)
		}
	}
}

func TestRead_Comma(t *testing.T) {
	for _, text := range []string{`"https://o.example/a,1","https://n.example/b;2"`, "https://o.example/a,1;https://n.example/b", `https://o.example/a;1,"https://n.example/b"`} {
		if m, faults := read(t, text); len(m.Exact) != 1 || len(faults) > 0 {
			t.Errorf("%s: %v, faults %v", text, m.Exact, faults)
		}
	}
}

func TestRead_Faults(t *testing.T) {
	for text, want := range map[string]string{
		"https://o.example/a,b,https://n.example": "3 columns", "https://o.example/a,ftp://n.example": "no http", "mailto:x,https://n.example": "no http",
		`"https://o.example/a,https://n.example/b`: "not closed", "https://o.example/a*,https://n.example/b": "both sides",
		"https://o.example/*/a*,https://n.example/b*": "only stand at the end", "https://o.example*,https://n.example/*": "of a rule",
		"https://o.example/\xff,https://n.example/": "no line of text", "https://o.example/" + strings.Repeat("a", 17<<10): "no line of text",
	} {
		m, faults := read(t, "https://o.example/1,https://n.example/1\n"+text)
		if len(faults) != 1 || faults[0].Line != 2 || !strings.Contains(faults[0].Detail, want) || len(m.Exact) != 1 || len(m.Rules) != 0 {
			t.Errorf("%.60q: faults %v, want %q", text, faults, want)
		}
	}
	_, faults := read(t, "https://o.example/1,https://n.example/1\nhttp://www.o.example/1/,https://n.example/2\nhttps://o.example/1,http://n.example/1/")
	if len(faults) != 1 || faults[0].Line != 2 {
		t.Errorf("two new addresses: %v", faults)
	}
}

func TestRewrite(t *testing.T) {
	m, faults := read(t, "https://o.example/blog/*,https://n.example/posts/*\nhttps://o.example/*,https://o.example/all/*\nhttps://o.example/blog/2014/*,https://n.example/old/*\n"+
		"https://o.example/blog/x,https://n.example/y\nhttps://n.example/posts/z,https://n.example/zz\nhttps://o.example/1,https://o.example/2\nhttps://o.example/2,https://o.example/all/3")
	if len(faults) > 0 || m.Chains != 1 {
		t.Errorf("faults %v, %d chains", faults, m.Chains)
	}
	for from, want := range map[string]string{
		"https://o.example/blog/a/?p=1": "https://n.example/posts/a/?p=1", "https://WWW.o.example:443/blog/a#c": "https://n.example/posts/a",
		"https://o.example/blog/2014/b": "https://n.example/old/b", "https://o.example/blog/x": "https://n.example/y", "https://o.example/blog/z": "https://n.example/zz",
		"https://o.example/c": "https://o.example/all/c", "https://o.example/all/c": "", "https://o.example": "https://o.example/all/",
		"https://o.example/1": "https://o.example/all/3", "https://other.example/a": "", "no address": "",
	} {
		if got, ok := m.Rewrite(from); ok != (want != "") || ok && got != want {
			t.Errorf("%s → %q (%v), want %q", from, got, ok, want)
		}
	}
}

func TestRead_Circle(t *testing.T) {
	m, faults := read(t, "https://o.example/1,https://o.example/2\nhttps://o.example/2,https://o.example/3\nhttps://o.example/3,https://o.example/1\nhttps://o.example/4,https://o.example/5")
	if len(faults) != 3 || !strings.Contains(faults[0].Detail, "circle") || len(m.Exact) != 1 {
		t.Errorf("faults %v, left %v", faults, m.Exact)
	}
	if got, ok := m.Rewrite("https://o.example/1"); ok {
		t.Errorf("a line of a circle moves to %s", got)
	}
}

func TestRead_Limits(t *testing.T) {
	for name, text := range map[string]string{
		"lines": strings.Repeat("\n", urlmap.MaxLines+1), "bytes": strings.Repeat("a", urlmap.MaxBytes+1),
		"rules": func() string {
			var b strings.Builder
			for i := range urlmap.MaxRules + 2 {
				fmt.Fprintf(&b, "https://o.example/%d/*,https://n.example/%d/*\n", i, i)
			}
			return b.String()
		}(),
	} {
		if _, _, err := urlmap.Read(strings.NewReader(text), urlmap.Options{Normal: normal}); !errors.Is(err, urlmap.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := urlmap.Read(strings.NewReader(strings.Repeat("\n", urlmap.MaxLines)), urlmap.Options{Normal: normal}); err != nil {
		t.Errorf("as many lines as are allowed: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a,b\nhttps://o.example/a,https://n.example/b", `"x""y",z`, "/a/* /b/:splat 301", "https://a/*,https://a/b/*\nhttps://a/b/*,https://a/*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, faults, err := urlmap.Read(strings.NewReader(text), urlmap.Options{Normal: normal, Base: "https://o.example"})
		if err != nil {
			return
		}
		if len(faults) > strings.Count(text, "\n")+1+len(m.Exact) {
			t.Fatalf("%d faults", len(faults))
		}
		for _, p := range append(m.Exact, m.Rules...) {
			m.Rewrite(p.From)
			m.Rewrite(p.To)
		}
	})
}
