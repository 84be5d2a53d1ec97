package keyword

import "strings"

// link is the address of a link, and where the text it is under stands.
type link struct {
	start, end int  // of the address
	cell       int  // first cell behind the text, or of it
	behind     bool // the text follows the tag that holds the address
}

const (
	maxLinkBytes = 2_000 // a longer `](…)` is text
	maxLinks     = 1_000 // addresses read beside one text
	maxSeam      = 24    // cells of a word that may be split over a link
)

// linkTail passes over the address of a Markdown link, whose text has just
// ended, and keeps it for later.
func (f *folder) linkTail(text string, at int) int {
	if at >= len(text) || text[at] != '(' && (text[at] != '[' || !f.defines) {
		return at
	}
	if f.nextClose <= at {
		n := strings.IndexAny(text[at+1:], ")[]\n")
		if n < 0 {
			n = len(f.text)
		}
		f.nextClose = at + 1 + n
	}
	end := f.nextClose
	if end >= len(text) || end-at > maxLinkBytes || text[end] == '\n' || text[end] == '[' || (text[end] == ')') != (text[at] == '(') {
		return at
	}
	if text[end] == ')' {
		f.keepLink(link{start: at + 1, end: end, cell: len(f.cells) - 1})
	}
	return end + 1
}

func (f *folder) keepLink(l link) {
	if len(f.links) < maxLinks && l.start < l.end {
		f.links = append(f.links, l)
	}
}

// readLinks reads the addresses of links behind the text, each behind a wall,
// and words that are split over the text of a link and its host.
func (f *folder) readLinks() {
	for i := 0; i < len(f.links); i++ {
		l := f.links[i]
		f.wall(l.start)
		from := len(f.cells)
		f.segment(l.start, l.end)
		text, host := f.linkWord(l), f.hostLabel(from, len(f.cells))
		if len(text) == 0 || len(host) == 0 || f.override {
			continue
		}
		f.wall(l.start)
		f.cells = append(append(f.cells, text...), host...)
		f.wall(l.start)
		f.cells = append(append(f.cells, host...), text...)
	}
}

func (f *folder) wall(at int) {
	f.push(cell{start: int32(at), end: int32(at), kind: wall})
}

// linkWord gives the cells of the only word of a link's text.
func (f *folder) linkWord(l link) []cell {
	from, to := l.cell, l.cell
	if l.behind {
		for to < len(f.cells) && to-from < maxSeam && f.cells[to].word() {
			to++
		}
		return f.cells[from:to:to]
	}
	for from > 0 && to-from < maxSeam && f.cells[from-1].word() {
		from--
	}
	if from == 0 || f.cells[from-1].r != '[' {
		return nil
	}
	return f.cells[from:to:to]
}

// hostLabel gives the first label, but for www, of the host of the address in
// the cells from to end.
func (f *folder) hostLabel(from, end int) []cell {
	at := -1
	for k := from; k+1 < end && k-from < 10; k++ {
		if f.cells[k].r == '/' && f.cells[k+1].r == '/' {
			at = k + 2
		}
	}
	if at < 0 {
		return nil
	}
	if at+3 < end && f.cells[at].r == 'w' && f.cells[at+1].r == 'w' && f.cells[at+2].r == 'w' && f.cells[at+3].r == '.' {
		at += 4
	}
	to := at
	for to < end && to-at < maxSeam && f.cells[to].word() {
		to++
	}
	if to == end || f.cells[to].r != '.' {
		return nil
	}
	return f.cells[at:to:to]
}
