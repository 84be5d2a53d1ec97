package markup

import (
	"errors"
	"fmt"
	"strings"
)

// Limits on one body. They are deliberately far above what people write.
const (
	// MaxMarkdown is the longest Markdown source, in bytes.
	MaxMarkdown = 20 << 10
	// MaxHTML is the longest HTML source, in bytes.
	MaxHTML = 64 << 10
	// MaxDepth is how many elements may be nested; what is deeper joins the
	// element around it.
	MaxDepth = 16
	// MaxNodes is how many nodes, elements and texts together, a tree may have.
	MaxNodes = 4000
	// MaxHref is the longest address of a link, in bytes; a longer one is text.
	MaxHref = 4096
)

var (
	// ErrTooLarge is wrapped when the source has more bytes than the limit.
	ErrTooLarge = errors.New("text is too large")
	// ErrTooManyNodes is wrapped when the tree would exceed MaxNodes.
	ErrTooManyNodes = errors.New("text has too many parts")
)

// Doc is one body in the forms it is served in. All say the same.
type Doc struct {
	// Tree is the compact JSON of the node tree, never empty: at least "[]".
	Tree []byte
	// HTML is safe to put into a page as it is.
	HTML string
	// Text is the words alone: blocks separated by an empty line, list items
	// and line breaks by a newline, no leading or trailing space.
	Text string
	// Links are the links in reading order.
	Links []Link
}

// Link is one link as a reader sees it.
type Link struct {
	// Href begins with http://, https:// or mailto:, in lower case.
	Href string
	// Text is the visible text.
	Text string
}

// Markdown renders what a reader typed. The error wraps ErrTooLarge or
// ErrTooManyNodes; no other is returned. Invalid UTF-8 becomes U+FFFD.
func Markdown(src string) (Doc, error) {
	if len(src) > MaxMarkdown {
		return Doc{}, tooLarge(len(src), MaxMarkdown)
	}
	src = clean(src)
	b := newBuilder()
	buildMarkdown(b, []byte(src))
	if b.blank() && strings.TrimSpace(src) != "" {
		b = newBuilder() // nothing but marks, such as ">" or "-": show them
		b.lines(src)
	}
	return b.doc()
}

// FromHTML renders imported HTML. The error wraps ErrTooLarge or
// ErrTooManyNodes; no other is returned. Invalid UTF-8 becomes U+FFFD.
func FromHTML(src string) (Doc, error) {
	if len(src) > MaxHTML {
		return Doc{}, tooLarge(len(src), MaxHTML)
	}
	b := newBuilder()
	buildHTML(b, clean(src))
	return b.doc()
}

func tooLarge(size, limit int) error {
	return fmt.Errorf("render %d bytes, limit %d: %w", size, limit, ErrTooLarge)
}
