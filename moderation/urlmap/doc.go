// Package urlmap reads lists that say which address of a page became which: URL
// maps as Disqus takes them, with rules for whole folders, and the redirects of
// Netlify and Apache. It says what a page's new address is; what follows from
// that is not its business.
//
// A map has exact lines and rules. A rule ends in * on both sides and holds for
// all addresses that begin with what stands before it; of several the longest
// holds, and an exact line wins over all. An address that already is under the
// new beginning of a rule, where that lies within the old one, is left alone, so
// that a map can be applied twice. A new address that is itself an old one is
// followed to its end, and a circle is a fault.
//
// Reading takes time in proportion to the file. Each look-up takes as many steps
// as rules have different lengths. The whole map is kept in memory, at about
// 300 bytes a line.
//
// Package moderation is its only caller.
package urlmap
