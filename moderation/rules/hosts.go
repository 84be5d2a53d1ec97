package rules

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Hosts returns what the links of a comment are counted by: the registrable
// domains that they go to (by the public suffix list), each once, in order, at
// most 10. Whoever makes up a new subdomain for every comment gains nothing.
func Hosts(links []string) []string {
	var list []string
	seen := map[string]bool{}
	for _, l := range links {
		host := hostOf(l)
		if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && !isAddress(host) {
			host = domain
		}
		if host == "" || seen[host] {
			continue
		}
		seen[host] = true
		if list = append(list, host); len(list) == maxHosts {
			break
		}
	}
	return list
}

// hostOf returns the host of a link as browsers read it (WHATWG URL): decoded,
// mapped to ASCII, without user, port and final dot. It is empty when there is
// none. A mailto: link has the host of its address.
func hostOf(link string) string {
	scheme, rest, ok := strings.Cut(link, ":")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `/\`)
	ends := `/\?#`
	if strings.EqualFold(scheme, "mailto") {
		ends = `/\?#,;`
	}
	if i := strings.IndexAny(rest, ends); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") {
		rest = rest[:i]
	}
	return cleanHost(unescape(rest))
}

// cleanHost brings a host into the one form in which hosts are compared.
func cleanHost(host string) string {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if !plainHost(host) {
		profile := idna.New(idna.MapForLookup(), idna.Transitional(false))
		if ascii, err := profile.ToASCII(host); err == nil {
			host = ascii
		}
	}
	return strings.Trim(strings.ToLower(host), ".")
}

// plainHost reports whether a host is in its final form, as nearly all are.
func plainHost(host string) bool {
	for i := range len(host) {
		if b := host[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '.' && b != '-' {
			return false
		}
	}
	return true
}

// hostSet is a set of hosts, each with all its subdomains.
type hostSet map[string]bool

func (s hostSet) has(host string) bool {
	for host != "" && len(s) > 0 {
		if s[host] {
			return true
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return false
}

// parseHost reads an entry of a list of hosts: example.com or *.example.com,
// which mean the same, or .ru for everything below.
func parseHost(entry string) (host string, ok bool) {
	entry = strings.TrimPrefix(strings.TrimSpace(entry), "*")
	below := strings.HasPrefix(entry, ".")
	host = cleanHost(entry)
	if len(host) > maxHostBytes || !below && !strings.Contains(host, ".") && !isAddress(host) {
		return "", false
	}
	for _, label := range strings.Split(host, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_:") != "" {
			return "", false
		}
	}
	return host, true
}

// shorteners are well-known services that hide where a link goes.
func shorteners() []string {
	return []string{
		"adf.ly", "amzn.to", "b.link", "bc.vc", "bit.do", "bit.ly", "bitly.com", "bl.ink", "buff.ly", "chilp.it", "clck.ru", "cli.gs", "cutt.ly",
		"cutt.us", "db.tt", "dlvr.it", "fb.me", "goo.gl", "goo.su", "hyperurl.co", "ift.tt", "is.gd", "j.mp", "kutt.it", "linktr.ee", "lnk.to", "lnkd.in",
		"lnnk.in", "mcaf.ee", "n9.cl", "ouo.io", "ow.ly", "po.st", "q.gs", "qr.ae", "qr.net", "rb.gy", "rebrand.ly", "reurl.cc", "s.id", "s.coop",
		"short.cm", "short.gy", "short.io", "shorte.st", "shorturl.at", "shrtco.de", "smarturl.it", "snip.ly", "soo.gd", "su.pr", "surl.li", "t.co",
		"t.ly", "t2m.io", "tiny.cc", "tiny.one", "tiny.pl", "tinyurl.com", "tr.im", "u.to", "v.gd", "vk.cc", "vzturl.com", "wp.me", "x.co", "x.gd",
	}
}
