package rate

import "net/netip"

// Network returns the prefixes that an address is counted under, the narrowest
// first, in canonical form (RFC 5952): for IPv4 the address (/32) and its /24; for
// IPv6 the /64, which is one subscriber's network, and the /56 and /48, which
// providers also give to one subscriber (RFC 6177). An IPv4 address mapped into
// IPv6 counts as IPv4; a zone is dropped. An invalid address has none.
func Network(addr netip.Addr) []string {
	addr = addr.Unmap().WithZone("")
	bits := []int{64, 56, 48}
	if addr.Is4() {
		bits = []int{32, 24}
	}
	var tiers []string
	for _, n := range bits {
		if prefix, err := addr.Prefix(n); err == nil && prefix.IsValid() {
			tiers = append(tiers, prefix.String())
		}
	}
	return tiers
}
