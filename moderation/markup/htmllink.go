package markup

import (
	"net/url"
	"strings"
)

// startLink begins a link when its address may be linked. A link does not nest:
// the next one ends it.
func (r *htmlReader) startLink(attrs map[string]string) {
	r.endLink()
	if href, ok := importedHref(attrs["href"], attrs["title"]); ok {
		r.b.push(format{tag: anchor, href: href})
		r.title = attrs["title"]
	}
}

// endLink ends the link and restores its text where the exporter cut it.
func (r *htmlReader) endLink() {
	for _, n := range r.b.chain {
		if n.tag == anchor && len(n.kids) == 1 && n.kids[0].tag == text {
			n.kids[0].text = []byte(uncut(string(n.kids[0].text), r.title, n.href))
		}
	}
	r.b.pop(anchor)
	r.title = ""
}

// uncut returns the full address when words is the beginning of one followed by
// dots, with or without the scheme and "www.", else words.
func uncut(words string, addresses ...string) string {
	start, cut := strings.CutSuffix(words, "...")
	if !cut {
		start, cut = strings.CutSuffix(words, "…")
	}
	if !cut || start == "" {
		return words
	}
	for _, address := range addresses {
		full, ok := safeHref(address)
		if !ok {
			continue
		}
		_, bare, _ := strings.Cut(full, "://")
		for _, form := range []string{full, bare, strings.TrimPrefix(bare, "www.")} {
			if strings.HasPrefix(form, start) {
				return form
			}
		}
	}
	return words
}

// importedHref is safeHref for an address in imported HTML: one without a scheme
// is https, and one that goes through Disqus's own redirect, which ends with the
// account, is replaced by where it leads.
func importedHref(href, title string) (string, bool) {
	if strings.HasPrefix(href, "//") {
		href = "https:" + href
	}
	href, ok := safeHref(href)
	u, err := url.Parse(href)
	if !ok || err != nil || u.Host != "disq.us" || u.Path != "/url" {
		return href, ok
	}
	target := u.Query().Get("url")
	if i := strings.LastIndexByte(target, ':'); i > len("https:") {
		target = target[:i] // a signature follows the address
	}
	for _, direct := range []string{title, target} {
		if direct, ok := safeHref(direct); ok && strings.HasPrefix(direct, "http") {
			return direct, true
		}
	}
	return href, true
}

// media puts a link in the place of an image or a player.
func (r *htmlReader) media(name string, attrs map[string]string) {
	if name == "iframe" {
		r.skip = name // what is inside is for browsers without frames
	}
	src := strings.TrimSpace(attrs["src"])
	if strings.HasPrefix(src, "//") {
		src = "https:" + src
	}
	words := strings.Join(strings.FieldsFunc(attrs["alt"], isSpace), " ")
	if words == "" {
		words = strings.Join(strings.FieldsFunc(src, isSpace), " ")
	}
	r.b.link(src, words)
}
