package web

import (
	"strings"
	"unicode/utf8"

	"postbag/models"
)

const badText = "This holds characters that are not valid Unicode text. Type it again."

// soundText reports whether a text from outside can be stored and shown: valid
// UTF-8 without the NUL character.
func soundText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// inspectJSON looks for what encoding/json would repair silently, in JSON that
// is known to be well formed: bytes that are not UTF-8, escaped halves of
// surrogate pairs, NUL characters. It also bounds the depth. Linear in the
// length of data.
func inspectJSON(data []byte, maxDepth int) error {
	in := inspector{data: data, max: maxDepth}
	return in.value("", 0)
}

type inspector struct {
	data []byte
	pos  int
	max  int
}

// value passes one value. field is its path, for the error.
func (in *inspector) value(field string, depth int) error {
	if depth > in.max {
		return models.Refuse(models.CodeMalformed, "The body is nested too deeply.")
	}
	switch in.space(); in.data[in.pos] {
	case '{':
		return in.object(field, depth+1)
	case '[':
		return in.list(field, depth+1)
	case '"':
		if _, sound := in.text(); !sound {
			return models.Invalid(field, badText)
		}
		return nil
	}
	for in.pos < len(in.data) && !strings.ContainsRune(",]} \t\r\n", rune(in.data[in.pos])) {
		in.pos++ // a number, true, false or null
	}
	return nil
}

func (in *inspector) object(field string, depth int) error {
	for in.pos++; ; in.pos++ {
		in.space()
		if in.data[in.pos] == '}' {
			in.pos++
			return nil
		}
		name, sound := in.text()
		if !sound {
			return models.Invalid(field, badText)
		}
		in.space() // and the colon
		in.pos++
		if err := in.value(join(field, name), depth); err != nil {
			return err
		}
		if in.space(); in.data[in.pos] == '}' {
			in.pos++
			return nil
		}
	}
}

func (in *inspector) list(field string, depth int) error {
	for in.pos++; ; in.pos++ {
		if in.space(); in.data[in.pos] == ']' {
			in.pos++
			return nil
		}
		if err := in.value(field, depth); err != nil {
			return err
		}
		if in.space(); in.data[in.pos] == ']' {
			in.pos++
			return nil
		}
	}
}

// text passes a string and returns it as written, without the quotes.
func (in *inspector) text() (raw string, sound bool) {
	start := in.pos + 1
	sound = true
	for in.pos = start; in.data[in.pos] != '"'; {
		if in.data[in.pos] != '\\' {
			in.pos++
			continue
		}
		if in.data[in.pos+1] != 'u' {
			in.pos += 2
			continue
		}
		if !in.escape() {
			sound = false
		}
	}
	raw = string(in.data[start:in.pos])
	in.pos++
	return raw, sound && utf8.ValidString(raw)
}

// escape passes "\uXXXX", or two of them that make one character.
func (in *inspector) escape() bool {
	unit := in.unit()
	in.pos += 6
	switch {
	case unit == 0, unit >= 0xDC00 && unit <= 0xDFFF:
		return false
	case unit < 0xD800 || unit > 0xDBFF:
		return true
	}
	if in.data[in.pos] != '\\' || in.data[in.pos+1] != 'u' {
		return false
	}
	low := in.unit()
	if low < 0xDC00 || low > 0xDFFF {
		return false
	}
	in.pos += 6
	return true
}

// unit reads the four hexadecimal digits of an escape at pos.
func (in *inspector) unit() int {
	n := 0
	for _, digit := range in.data[in.pos+2 : in.pos+6] {
		switch {
		case digit >= 'a':
			digit -= 'a' - 10
		case digit >= 'A':
			digit -= 'A' - 10
		default:
			digit -= '0'
		}
		n = n<<4 | int(digit)
	}
	return n
}

func (in *inspector) space() {
	for strings.IndexByte(" \t\r\n", in.data[in.pos]) >= 0 {
		in.pos++
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
