package moderation

import (
	"encoding/base64"
	"net/netip"
	"strconv"

	"postbag/models"
	"postbag/moderation/rate"
	"postbag/moderation/rules"
)

// origin is where a comment came from: hashes, keyed with the server's secret,
// of the sender's address and of the networks around it. The zero origin is an
// address that is not known.
type origin struct {
	address []byte // of the whole address
	network []byte // of the IPv4 /24 or the IPv6 /64
	wide    []byte // of the IPv6 /56 and /48, one after the other; nil for IPv4
}

const hashSize = 16 // bytes of a keyed hash

func (s *Service) originOf(addr netip.Addr) origin {
	if !addr.IsValid() {
		return origin{}
	}
	addr = addr.Unmap().WithZone("")
	o, tiers := origin{address: s.sign("address", addr.String())}, rate.Network(addr)
	if addr.Is4() {
		o.network = s.sign("network", tiers[1])
		return o
	}
	o.network = s.sign("network", tiers[0])
	o.wide = append(s.sign("network", tiers[1]), s.sign("network", tiers[2])...)
	return o
}

// reader is what counts as one sender: an IPv4 address, or the IPv6 /64, since
// everybody there has addresses without end. It is nil when unknown.
func (o origin) reader() []byte {
	if o.wide != nil {
		return o.network
	}
	return o.address
}

// neighbourhood is the widest network around the sender: /24 or /48. It is nil
// when unknown.
func (o origin) neighbourhood() []byte {
	if len(o.wide) == 2*hashSize {
		return o.wide[hashSize:]
	}
	return o.network
}

// keySource is what the keys of rate rules are made from. It asks for nothing but
// what is stored with a comment, so that a backtest counts as the living do.
type keySource struct {
	site, article, author int64
	from                  origin
	links                 []string // targets
	newcomer              bool     // the author has no approved comment
}

// rateKeys returns what rate rules can count a comment by, as rules.RateKeys
// describes it. What is not known is left out.
func rateKeys(k keySource) map[string][]string {
	keys := map[string][]string{
		"author":  {models.AuthorID.Format(k.author)},
		"article": {models.ArticleID.Format(k.article)},
		"site":    {strconv.FormatInt(k.site, 36)},
	}
	hash := func(name string, hash []byte) {
		if len(hash) > 0 {
			keys[name] = []string{base64.RawStdEncoding.EncodeToString(hash)}
		}
	}
	hash("address", k.from.reader())
	hash("network", k.from.neighbourhood())
	if len(k.from.wide) == 2*hashSize {
		hash("address/56", k.from.wide[:hashSize])
		hash("address/48", k.from.wide[hashSize:])
	}
	if hosts := rules.Hosts(k.links); len(hosts) > 0 {
		keys["host"] = hosts
	}
	if k.newcomer {
		keys["newcomers"] = []string{"new"}
	}
	return keys
}
