package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

// row is a line of the labelled set.
type row struct {
	Family, Technique, Class, Term, Text string
	Start, End                           int
	Outer                                [2]int
}

// labelledTables scores the labelled set in a folder. The error is that of the
// missing file where there is none.
func labelledTables(folder string) (string, error) {
	file, err := os.Open(filepath.Join(folder, "terms.txt"))
	if err != nil {
		return "", err
	}
	defer file.Close()
	terms, err := keyword.ParseTerms(file)
	if err != nil {
		return "", err
	}
	m, err := keyword.Compile(terms)
	if err != nil {
		return "", err
	}
	var lines []evasion.Line
	err = rows(filepath.Join(folder, "evasion.jsonl"), func(r row) {
		lines = append(lines, r.line())
	})
	if err != nil {
		return "", err
	}
	var benign []evasion.Harmless
	err = rows(filepath.Join(folder, "benign.jsonl"), func(r row) {
		class, _, _ := strings.Cut(r.Class, "-")
		benign = append(benign, evasion.Harmless{Class: class, Text: r.Text})
	})
	if err != nil {
		return "", err
	}
	return labelledHead + evasion.Tables(evasion.Evaluate(m, lines), evasion.EvaluateBenign(m, benign)), nil
}

func (r row) line() evasion.Line {
	l := evasion.Line{Family: r.Family, Technique: r.Technique, Term: r.Term, Text: r.Text, Start: r.Start, End: r.End, OuterStart: r.Outer[0], OuterEnd: r.Outer[1]}
	if r.Outer == [2]int{} {
		l.OuterStart, l.OuterEnd = r.Start, r.End
	}
	if r.Family == "control" {
		l.Family = "as written"
	}
	return l
}

func rows(path string, visit func(row)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	scan := bufio.NewScanner(file)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var r row
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		visit(r)
	}
	return scan.Err()
}

const labelledHead = `
A second set of lines with other terms, written apart from the matcher and kept beside the repository; its figures are
of the last run that had it.

`
