package keyword

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxLineBytes bounds one line that [MatchLines] reads.
const MaxLineBytes = 1 << 20

// ErrLine is wrapped by every error that a line of input causes.
var ErrLine = errors.New("input")

type lineIn struct {
	ID   json.RawMessage `json:"id"`
	Text *string         `json:"text"`
}

type lineOut struct {
	ID   json.RawMessage `json:"id"`
	Hits []lineHit       `json:"hits"`
}

type lineHit struct {
	Term  string `json:"term"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// MatchLines reads JSON Lines {"id","text"} and writes, in the same order,
// {"id","hits":[{"term","start","end"}]}: term as written in the list, start
// and end half-open byte offsets into the UTF-8 text. Empty lines are passed
// over. It stops at the first bad line with an error that wraps [ErrLine] and
// names the line number, and when ctx ends.
func MatchLines(ctx context.Context, terms []Term, in io.Reader, out io.Writer) error {
	matcher, err := Compile(terms)
	if err != nil {
		return err
	}
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 0, 64<<10), MaxLineBytes)
	to := bufio.NewWriter(out)
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	line := 0
	for scan.Scan() {
		line++
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("match lines: %w", err)
		}
		if strings.TrimSpace(scan.Text()) == "" {
			continue
		}
		row, err := matchLine(matcher, scan.Bytes())
		if err != nil {
			return errors.Join(fmt.Errorf("%w line %d: %s", ErrLine, line, err.Error()), to.Flush())
		}
		if err := enc.Encode(row); err != nil {
			return fmt.Errorf("match lines: write: %w", err)
		}
	}
	if err := scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		return errors.Join(fmt.Errorf("%w line %d: longer than %d bytes", ErrLine, line+1, MaxLineBytes), to.Flush())
	} else if err != nil {
		return fmt.Errorf("match lines: read line %d: %w", line+1, err)
	}
	if err := to.Flush(); err != nil {
		return fmt.Errorf("match lines: write: %w", err)
	}
	return nil
}

func matchLine(m *Matcher, raw []byte) (lineOut, error) {
	var row lineIn
	if err := json.Unmarshal(raw, &row); err != nil {
		return lineOut{}, fmt.Errorf("not a JSON object with id and text: %s", err.Error())
	}
	if len(row.ID) == 0 || row.Text == nil {
		return lineOut{}, errors.New(`needs "id" and "text"`)
	}
	answer := lineOut{ID: row.ID, Hits: []lineHit{}}
	for _, h := range m.Find(*row.Text) {
		answer.Hits = append(answer.Hits, lineHit{Term: h.Line, Start: h.Start, End: h.End})
	}
	return answer, nil
}
