package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
)

// command is one thing that postbag can do.
type command struct {
	name  string // as typed: one word or two
	args  string // what follows, for people
	about string // one line
	run   func(*app, context.Context, *flags) error
}

// commands returns all commands, in the order in which help lists them.
func commands() []command {
	return slices.Concat([]command{
		{"serve", "", "run the server", (*app).serve},
		{"site add", "KEY --name NAME --origin URL", "add a site", (*app).siteAdd},
		{"site set", "KEY", "change a site", (*app).siteSet},
		{"site list", "", "list the sites", (*app).siteList},
		{"site sso", "KEY", "sign readers in by the site's own accounts", (*app).siteSSO},
		{"moderator add", "EMAIL", "add an account for the console", (*app).moderatorAdd},
		{"token create", "--moderator EMAIL", "make a token for the moderation API", (*app).tokenCreate},
	}, importCommands(), []command{
		{"import list", "--site KEY", "list the imports of a site", (*app).importList},
		{"import cancel", "RUN", "stop an import", (*app).importCancel},
		{"import undo", "RUN", "take a whole import back", (*app).importUndo},
		{"export", "FORMAT --site KEY [-o FILE[.gz]]", "write all comments of a site: disqus, postbag, wordpress or csv", (*app).export},
		{"articles list", "--site KEY", "list the articles of a site", (*app).articlesList},
		{"articles map", "FILE --site KEY", "give pages the addresses that a URL map names", (*app).articlesMap},
		{"articles move-host", "--from OLD --to NEW --site KEY", "take all pages of a host to another one", (*app).articlesMoveHost},
		{"articles redirects", "--site KEY", "ask pages where they went, and follow them", (*app).articlesRedirects},
		{"articles merge", "ARTICLE INTO --site KEY", "make one article of two", (*app).articlesMerge},
		{"articles split", "ARTICLE --thread ID --url ADDRESS --site KEY", "part a thread that an import put with another", (*app).articlesSplit},
		{"articles moves", "--site KEY", "list what was moved", (*app).articlesMoves},
		{"articles resume", "MOVE", "go on with a move that was interrupted", (*app).articlesResume},
		{"articles undo", "MOVE", "take a move back", (*app).articlesUndo},
		{"rules list", "", "list the rules", (*app).rulesList},
		{"rules apply", "FILE --site KEY", "make the rules of a site those of a file", (*app).rulesApply},
		{"rules export", "--site KEY", "write the rules of a site as a file", (*app).rulesExport},
		{"rules words", "FILE", "take over a word list of WordPress or Disqus", (*app).rulesWords},
		{"rules backtest", "FILE --site KEY", "try a rule on past comments", (*app).rulesBacktest},
		{"rules replay", "--site KEY", "judge past comments again, and compare with what is stored", (*app).rulesReplay},
		{"rules report", "--site KEY", "say how often each rule is right", (*app).rulesReport},
		{"rules match", "--terms FILE < IN > OUT", "try a word list on texts, without a database", (*app).rulesMatch},
		{"backup", "FILE", "copy the database while the server runs", (*app).backup},
		{"restore", "FILE", "put a copy in the place of a missing database", (*app).restore},
		{"check", "", "recount everything that is counted", (*app).check},
		{"health", "", "ask a running server whether it is well", (*app).health},
		{"version", "", "say which build this is", (*app).version},
	})
}

// dispatch finds the command and runs it.
func (a *app) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return wrong("say what to do; to try Postbag: postbag serve --demo")
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return a.help(args[1:])
	case "-v", "-version", "--version":
		args = []string{"version"}
	}
	cmd, rest, err := findCommand(args)
	if err != nil {
		return err
	}
	err = cmd.run(a, ctx, newFlags(a.env, rest))
	var usage *usageError
	switch {
	case errors.Is(err, flag.ErrHelp):
		return a.help(strings.Fields(cmd.name))
	case errors.As(err, &usage):
		usage.command = cmd.name
	}
	return err
}

// findCommand returns the command that args begin with, and what follows it.
func findCommand(args []string) (command, []string, error) {
	for _, cmd := range commands() {
		words := strings.Fields(cmd.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return cmd, args[len(words):], nil
		}
	}
	return command{}, nil, unknownCommand(args)
}

// unknownCommand names what comes next to what was typed.
func unknownCommand(args []string) error {
	var below []string
	for _, cmd := range commands() {
		if group, _, two := strings.Cut(cmd.name, " "); two && group == args[0] {
			below = append(below, cmd.name)
		}
	}
	if len(below) > 0 && (len(args) == 1 || strings.HasPrefix(args[1], "-")) {
		return wrong("say more: postbag %s", strings.Join(below, ", postbag "))
	}
	typed := args[0]
	if len(below) > 0 {
		typed += " " + args[1]
	}
	if near := nearest(typed, args); near != "" {
		return wrong("there is no command %q; did you mean: postbag %s", typed, near)
	}
	return wrong("there is no command %q", typed)
}

// nearest returns the command with the smallest edit distance to what was
// typed, as long as it is no more than two letters, or a third of them.
func nearest(typed string, args []string) string {
	best, found := 0, ""
	for _, cmd := range commands() {
		try := typed
		if strings.Contains(cmd.name, " ") && !strings.Contains(typed, " ") && len(args) > 1 {
			try += " " + args[1]
		}
		if d := distance(try, cmd.name); d <= max(2, len(cmd.name)/3) && (found == "" || d < best) {
			best, found = d, cmd.name
		}
	}
	return found
}

// distance is the Levenshtein distance of two short ASCII strings, in
// O(len(a)·len(b)).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

const helpTop = `Postbag is the comment server of a news site.

  postbag serve --demo    try it: an article with comments and a console
  postbag serve           run it: the first start prints a link to set it up

Commands:
`

const helpEnd = `
  postbag help COMMAND    the flags of a command

Each flag can also come from the environment: --db as POSTBAG_DB, --public-url
as POSTBAG_PUBLIC_URL, and so on. A flag wins over the environment.
`

// help lists the commands, or the flags of one.
func (a *app) help(args []string) error {
	if len(args) > 0 {
		cmd, rest, err := findCommand(args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return wrong("help takes the name of one command")
		}
		return a.helpCommand(cmd)
	}
	fmt.Fprint(a.stdout, helpTop)
	for _, cmd := range commands() {
		fmt.Fprintf(a.stdout, "  %-20s%s\n", cmd.name, cmd.about)
	}
	_, err := fmt.Fprint(a.stdout, helpEnd)
	return err
}

// helpCommand lets the command define its flags and stop there.
func (a *app) helpCommand(cmd command) error {
	f := newFlags(a.env, []string{"-h"})
	if err := cmd.run(a, context.Background(), f); !errors.Is(err, flag.ErrHelp) {
		return fmt.Errorf("help %s: %w", cmd.name, err)
	}
	fmt.Fprintf(a.stdout, "%s\n\n", strings.TrimSpace("postbag "+cmd.name+" "+cmd.args))
	fmt.Fprintf(a.stdout, "%s%s.\n", strings.ToUpper(cmd.about[:1]), cmd.about[1:])
	return f.print(a.stdout)
}
