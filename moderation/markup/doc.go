// Package markup turns what a reader typed, or what another comment system
// exported, into one node tree, and writes that tree as JSON, as safe HTML and
// as plain text. It is called once, when a comment is written; every later read
// serves the result. It knows nothing of comments, rules or storage.
//
// # Two sources, one tree
//
// [Markdown] reads the subset that readers of a news site use: paragraphs,
// emphasis, strong, strike-through, code, fenced code, quotes, lists, links and
// bare addresses. Every newline is a line break. What is not in the subset
// (headings, raw HTML, images, tables, character references) is shown as it was
// typed: nothing that a reader wrote disappears.
//
// [FromHTML] reads imported HTML. It keeps what the tree can express, reduces
// the rest to its text, and never fails on bad HTML, only on limits.
//
// # Safe by construction
//
// There is no filter to get around. The tree has fifteen kinds of node and one
// attribute that comes from outside, the address of a link, which must begin
// with http://, https:// or mailto: and is percent-encoded where a browser could
// read it in two ways. The HTML is written from that tree alone, every text
// escaped.
//
// # The tree
//
// The JSON form is an array of nodes. A node is a string, or an object
// {"t": tag, "c": [nodes]}, where "a" also has "h" (its address), "ol" may have
// "s" (its first number) and "br" has no "c". The top level and blockquote hold
// blocks; ul and ol hold li; li holds inline nodes, then blocks; p, em, strong, del
// and a hold inline nodes; code and pre hold text only. In HTML, pre is written
// as pre and code nested, because HTML drops a newline directly after <pre>.
//
// # Direction
//
// Unicode directional formatting characters (UAX #9, sections 2.1 to 2.4) are
// kept, because Arabic, Persian and Hebrew writers use them, but each is closed
// at the end of its line, and a closing character without an opening one is
// dropped. So no line reorders the next, and no comment the one below it.
//
// # Cost
//
// Time and memory are linear in the source. goldmark, which parses the Markdown,
// looks back over open delimiters and brackets; both are therefore counted, and
// past a bound no reader meets they are plain text. Nesting is bounded the same
// way.
package markup
