package urlmap

import (
	"slices"
	"strings"
)

// Pair is an old address and a new one, without the * of rules.
type Pair struct {
	From, To string
	Line     int
}

// Map says which address became which. It must not be changed after Read.
type Map struct {
	Exact []Pair // each old address once; followed to the end of its chain
	Rules []Pair

	Lines     int // with a new address
	Unchanged int // lines without a new address, or with the old one again
	Temporary int // redirects that are not for good, and are left out
	Chains    int // exact lines whose new address was an old one

	normal  func(string) (string, bool)
	exact   map[string]int // normalised old address → index in Exact
	rules   map[string]int // old beginning → index in Rules
	lengths []int          // of old beginnings, the longest first
	ends    []chainEnd
}

type chainEnd struct {
	pair int
	to   string
}

// maxChain bounds how often a new address is followed.
const maxChain = 20

// New returns the map of the given pairs, for lists that come from elsewhere
// than a file. Pairs that cannot be used are left out.
func New(pairs []Pair, o Options) (*Map, []Fault) {
	m := &Map{normal: o.Normal, exact: map[string]int{}, rules: map[string]int{}}
	rd := reader{m: m, o: o}
	for _, p := range pairs {
		rd.line = p.Line
		rd.m.Lines++
		rd.addExact(p.From+","+p.To, p.From, p.To)
	}
	rd.follow()
	return m, rd.faults
}

// Rewrite returns the new address of a page, by exact lines and rules, and false
// when it keeps the one it has.
func (m *Map) Rewrite(address string) (string, bool) {
	end, hops, _ := m.follow(address)
	return end, hops > 0
}

// follow goes from an address to the end of its chain and says how many steps
// that took. It reports false for a circle of exact lines. No rule is used twice.
func (m *Map) follow(address string) (end string, hops int, ok bool) {
	var used []int
	seen := map[int]bool{}
	for hops = 0; hops < maxChain; hops++ {
		if normal, isURL := m.normal(address); isURL {
			if i, known := m.exact[normal]; known {
				if seen[i] {
					return address, hops, false
				}
				seen[i], address = true, m.Exact[i].To
				continue
			}
		}
		rule, rest := m.rule(address, used)
		if rule < 0 {
			return address, hops, true
		}
		used = append(used, rule)
		address = m.Rules[rule].To + rest
	}
	return address, hops, false
}

// rule finds the longest rule for an address that is not used up, and what
// follows its beginning; -1 when there is none.
func (m *Map) rule(address string, used []int) (rule int, rest string) {
	if len(m.lengths) == 0 {
		return -1, ""
	}
	plain := bare(address)
	for _, n := range m.lengths {
		if n > len(plain) {
			continue
		}
		i, known := m.rules[plain[:n]]
		if !known || slices.Contains(used, i) {
			continue
		}
		if new := bare(m.Rules[i].To); strings.HasPrefix(new, plain[:n]) && strings.HasPrefix(plain, new) {
			continue // is there already
		}
		return i, plain[n:]
	}
	return -1, ""
}

func (m *Map) addLength(n int) {
	if i, found := slices.BinarySearchFunc(m.lengths, n, func(a, b int) int { return b - a }); !found {
		m.lengths = slices.Insert(m.lengths, i, n)
	}
}

// bare returns an address without scheme, www., a default port and fragment, in
// the spelling that it has but for its host. It is what rules compare.
func bare(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "#")
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	if path == "" {
		path = "/"
	}
	return host + path
}
