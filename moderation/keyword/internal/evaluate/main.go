// Command evaluate writes docs/rules-evaluation.md: what the keyword matcher
// finds of disguised terms, what it wrongly finds in everyday lines, and what it
// costs. Run it from the root of the repository:
//
//	go run ./moderation/keyword/internal/evaluate
//
// The first part comes from package evasion alone. The second one, a labelled
// set that lies beside the repository, is kept as it was where that set is
// missing.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"postbag/moderation/keyword/internal/evasion"
)

const second = "## The labelled set\n"

func main() {
	out := flag.String("out", "docs/rules-evaluation.md", "file to write")
	set := flag.String("set", "../shared/evaluation", "folder of the labelled set")
	flag.Parse()
	if err := run(*out, *set); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

func run(out, set string) error {
	matcher, err := evasion.Matcher()
	if err != nil {
		return fmt.Errorf("compile the terms: %w", err)
	}
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(evasion.Tables(evasion.Evaluate(matcher, evasion.Lines()), evasion.EvaluateBenign(matcher, evasion.Benign())))
	costs, err := costTable()
	if err != nil {
		return err
	}
	b.WriteString("\n" + costs + "\n" + second)
	labelled, err := labelledTables(set)
	switch {
	case os.IsNotExist(err):
		labelled = former(out)
	case err != nil:
		return err
	}
	b.WriteString(labelled)
	if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

// former gives the second part of the document as it is.
func former(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(text), second)
	return after
}

const head = `# What the keyword matcher finds

Written by ` + "`go run ./moderation/keyword/internal/evaluate`" + ` (or ` + "`make evaluation`" + `). Do not edit it: a test holds the tables
of recall and of false hits to a fresh run. The times are of the run that wrote this file.

Each technique below is one way in which readers disguise a word: forty lines each, from invented persons, invented or
mild words and reserved hosts. A line is **found** when a hit overlaps the disguised term. Its span is **right** when
the overlap of the hit with what a moderator would mark, divided by what either covers, is at least 0.9. Terms as they
are written stand at the top and do not count in the mean. A slip of typing or spelling may hold a comment, but never
reject it.

What is not found is left on purpose: a break between two ordinary words ("nit'wit", "buff" and "oon" on two lines), an
ordinary word that needs one capital letter to be read otherwise ("doIt"), two digits in a word of three letters, which
are a number more often ("9i7"), a bracket before a word of three letters. What is found wrongly in real life is mostly
a word with an ordinary ending that is a name too (the town of Dorking, for "dork"), or a word of another language
that differs in its accents alone: an allowed word ("!dorking") settles both.

## Disguises and everyday lines

`
