package intake

import "bytes"

// tag passes over the tag at the front and returns what stands between its
// angle brackets. It is valid until the window moves.
func (s *Scanner) tag() ([]byte, error) {
	var quote byte
	for i := 1; i < maxTag; i++ {
		if s.pos+i >= s.end && !s.fill() {
			return nil, s.Truncated("inside a tag")
		}
		switch c := s.buf[s.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return nil, s.Syntax("A tag begins here and another one begins before it ends.")
		case c == '>':
			b := s.buf[s.pos+1 : s.pos+i]
			s.advance(i + 1)
			return b, nil
		}
	}
	return nil, s.Syntax("A tag is larger than %d bytes.", maxTag)
}

func (s *Scanner) startTag() error {
	b, err := s.tag()
	if err != nil {
		return err
	}
	if s.closing = bytes.HasSuffix(b, []byte("/")); s.closing {
		b = b[:len(b)-1]
	}
	n := nameLength(b)
	if n == 0 || n > maxName {
		return s.Syntax("A tag has no proper name (%.40q).", "<"+string(b)+">")
	}
	if len(s.depths) >= s.maxDepth {
		return s.Syntax("Elements are nested deeper than %d. No export does that.", s.maxDepth)
	}
	s.depths = append(s.depths, len(s.names))
	s.names = append(s.names, b[:n]...)
	s.Name, s.Local = b[:n], localName(b[:n])
	return s.attributes(b[n:])
}

func (s *Scanner) endTag() error {
	b, err := s.tag()
	if err != nil {
		return err
	}
	name := bytes.TrimRight(b[1:], " \t\r\n")
	if len(s.depths) == 0 {
		return s.Syntax("%.40q ends an element that never began.", "</"+string(name)+">")
	}
	if open := s.names[s.depths[len(s.depths)-1]:]; !bytes.Equal(open, name) {
		return s.Syntax("%.40q is ended by %.40q.", "<"+string(open)+">", "</"+string(name)+">")
	}
	s.Name, s.Local = name, localName(name)
	s.pop()
	return nil
}

func (s *Scanner) pop() {
	top := len(s.depths) - 1
	s.names, s.depths = s.names[:s.depths[top]], s.depths[:top]
}

// attributes checks the attributes in b and keeps the one called id. One with a
// prefix (dsq:id) goes before one without; the prefix may be any.
func (s *Scanner) attributes(b []byte) error {
	s.ID = nil
	prefixed := false
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		if len(b) == 0 {
			return nil
		}
		n := nameLength(b)
		if n == 0 {
			return s.Syntax("An attribute of the element %.40q cannot be read.", s.Local)
		}
		name := b[:n]
		value, rest, ok := quoted(bytes.TrimLeft(b[n:], " \t\r\n"))
		if !ok {
			return s.Syntax("The attribute %.40q of the element %.40q has no quoted value.", name, s.Local)
		}
		if local := localName(name); string(local) == "id" && !prefixed && !reserved(name) {
			s.ID, prefixed = value, len(local) < len(name)
		}
		b = rest
	}
}

// reserved says whether an attribute belongs to XML itself: xml:id, xmlns:id.
func reserved(name []byte) bool { return bytes.HasPrefix(name, []byte("xml")) }

// quoted reads ="value" at the front of b.
func quoted(b []byte) (value, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '=' {
		return nil, nil, false
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
		return nil, nil, false
	}
	end := bytes.IndexByte(b[1:], b[0])
	if end < 0 {
		return nil, nil, false
	}
	value = b[1 : 1+end]
	return value, b[end+2:], bytes.IndexByte(value, '<') < 0
}

// nameLength is how many bytes at the front of b make up a name.
func nameLength(b []byte) int {
	for i, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':', c >= 0x80:
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.'):
		default:
			return i
		}
	}
	return len(b)
}

// localName is a name without its prefix.
func localName(name []byte) []byte {
	i := bytes.IndexByte(name, ':')
	if i <= 0 || i == len(name)-1 {
		return name
	}
	return name[i+1:]
}
