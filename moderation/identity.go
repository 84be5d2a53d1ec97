package moderation

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

// Limits on what names an article, in bytes.
const (
	maxURL        = 2048
	maxIdentifier = 512
)

// normaliseURL returns what of a page's address tells it apart from other
// pages, without the scheme, and the host it is on in the form of hostKey. It
// reports false for anything but an absolute http or https URL of at most 2,048
// bytes.
//
// Left out are: www., a default port, user name, trailing slashes and
// index.html, the fragment, and parameters that only track readers. All other
// parameters stay, in their order, because ?p=12 may be the whole difference
// between two pages. Percent-encoding is made uniform (RFC 3986, 6.2.2) and
// where it is broken, as in "100%", taken for a plain character, as browsers
// do. The result is its own normal form: put behind "https://" it stays the
// same.
func normaliseURL(raw string) (normal, host string, ok bool) {
	rest, ok := cutScheme(strings.TrimSpace(raw))
	if !ok || len(rest) > maxURL || !utf8.ValidString(rest) || strings.ContainsFunc(rest, unicode.IsControl) {
		return "", "", false
	}
	rest, _, _ = strings.Cut(rest, "#")
	authority, path := rest, ""
	if i := strings.IndexAny(rest, "/?\\"); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if host, ok = cleanHost(authority); !ok {
		return "", "", false
	}
	path, query, _ := strings.Cut(path, "?")
	normal = host + trimPath(cleanEscapes(path))
	if query = dropTracking(cleanEscapes(query)); query != "" {
		normal += "?" + query
	}
	return normal, host, len(normal) <= maxURL
}

// exactURL returns a URL as it was given, without what follows "#". It is empty
// when normaliseURL refuses the URL.
func exactURL(raw string) string {
	if _, _, ok := normaliseURL(raw); !ok {
		return ""
	}
	exact, _, _ := strings.Cut(strings.TrimSpace(raw), "#")
	if len(exact) > maxURL {
		return ""
	}
	return exact
}

// hostKey returns the form in which the hosts of a site are stored: lower case,
// without www., with its port unless that is 80 or 443. It takes a host, an
// origin or a whole URL.
func hostKey(address string) (string, bool) {
	address = strings.TrimSpace(address)
	if rest, ok := cutScheme(address); ok {
		address = rest
	}
	if i := strings.IndexAny(address, "/?#\\"); i >= 0 {
		address = address[:i]
	}
	if len(address) > maxURL || !utf8.ValidString(address) {
		return "", false
	}
	return cleanHost(address)
}

// allows reports whether pages on a host, in the form of hostKey, belong to a
// site.
func allows(site *models.Site, host string) bool {
	return host != "" && slices.Contains(site.Hosts, host)
}

// aliasesOf returns the names that a page gives itself, the most trusted first:
// its identifier, its URL to the letter, its normalised URL. A name that is
// missing, and a URL that is too long or not absolute, is left out.
func aliasesOf(site int64, ref models.ArticleRef) []store.Alias {
	names := make([]store.Alias, 0, 3)
	if id := identifier(ref.ID); id != "" {
		names = append(names, store.Alias{SiteID: site, Kind: store.AliasIdent, Value: id})
	}
	if exact := exactURL(ref.URL); exact != "" {
		names = append(names, store.Alias{SiteID: site, Kind: store.AliasURL, Value: exact})
	}
	if normal, _, ok := normaliseURL(ref.URL); ok {
		names = append(names, store.Alias{SiteID: site, Kind: store.AliasNormalised, Value: normal})
	}
	return names
}

// identifier returns what an article is called that a page, or an export, calls
// id: that without the space around it. One that is too long to be a name, or
// cannot be stored, is kept by its hash, so that pages with different ones stay
// apart.
func identifier(id string) string {
	id = strings.TrimSpace(id)
	if len(id) > maxIdentifier || !utf8.ValidString(id) || strings.IndexByte(id, 0) >= 0 {
		return "long:" + fingerprint(id)
	}
	return id
}

// cutScheme takes http:// or https:// off.
func cutScheme(s string) (rest string, ok bool) {
	scheme, rest, found := strings.Cut(s, "://")
	return rest, found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// cleanHost brings host[:port] into the form of hostKey.
func cleanHost(authority string) (string, bool) {
	host := strings.ToLower(authority[strings.LastIndexByte(authority, '@')+1:])
	host, port, ok := cutPort(host)
	if !ok {
		return "", false
	}
	host = strings.TrimSuffix(host, ".")
	for strings.HasPrefix(host, "www.") {
		host = host[len("www."):]
	}
	if !isHost(host) {
		return "", false
	}
	return host + port, true
}

// cutPort takes the port off; it is empty when it is a default one and begins
// with a colon otherwise.
func cutPort(host string) (name, port string, ok bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return host, "", true
	}
	digits := host[i+1:]
	if digits == "" || digits == "80" || digits == "443" {
		return host[:i], "", true
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", "", false
	}
	if n == 80 || n == 443 {
		return host[:i], "", true
	}
	return host[:i], ":" + strconv.FormatUint(n, 10), true
}

// isHost reports whether a name can be a host: letters and digits of any
// script, dots, hyphens and underscores, or an IPv6 address in brackets.
func isHost(host string) bool {
	if address, ok := strings.CutPrefix(host, "["); ok {
		address, ok = strings.CutSuffix(address, "]")
		return ok && address != "" && strings.Trim(address, "0123456789abcdef:.") == ""
	}
	if host == "" || len(host) > 253 || host[0] == '.' || host[len(host)-1] == '.' || strings.Contains(host, "..") {
		return false
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// cleanEscapes writes a path or a query with one spelling of percent-encoding:
// unreserved characters as they are, everything outside ASCII encoded, hex
// digits in upper case.
func cleanEscapes(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c, escaped := s[i], false
		if c == '%' {
			if c, escaped = unhex(s[i+1:]); escaped {
				i += 2
			} else {
				c, escaped = '%', true
			}
		}
		switch {
		case c == '\\' && !escaped:
			out.WriteByte('/')
		case unreserved(c), !escaped && c > ' ' && c < utf8.RuneSelf:
			out.WriteByte(c)
		default:
			const digits = "0123456789ABCDEF"
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return out.String()
}

func unhex(s string) (byte, bool) {
	if len(s) < 2 || s[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:2], 16, 8)
	return byte(n), err == nil
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// trimPath drops trailing slashes and index.html, in whatever order they stand.
func trimPath(path string) string {
	for {
		path = strings.TrimRight(path, "/")
		shorter, ok := strings.CutSuffix(path, "/index.html")
		if !ok {
			return path
		}
		path = shorter
	}
}

// dropTracking leaves out empty parameters and those that do not change what
// the page shows.
func dropTracking(query string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(part, "=")
		if part != "" && !tracks(strings.ToLower(name)) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// tracks reports whether a parameter says where a reader came from.
func tracks(name string) bool {
	switch name {
	case "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid", "li_fat_id",
		"igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp",
		"hsctatracking", "vero_id", "vero_conv", "oly_enc_id", "oly_anon_id", "wickedid", "s_cid", "ref_src", "ref_url",
		"from", "isappinstalled", "nsukey", "replytocom":
		return true
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "mtm_") || strings.HasPrefix(name, "pk_")
}
