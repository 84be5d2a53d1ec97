package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// flags are the flags and arguments of one command. A flag that is not given
// is taken from the environment: --public-url from POSTBAG_PUBLIC_URL.
type flags struct {
	*flag.FlagSet
	env   func(string) (string, bool)
	args  []string
	given map[string]bool // by flag or by environment
}

func newFlags(env func(string) (string, bool), args []string) *flags {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return &flags{FlagSet: set, env: env, args: args, given: map[string]bool{}}
}

// database defines the flag that every command with a database has.
func (f *flags) database() *string {
	return f.String("db", "postbag.db", "the database: a `FILE` (SQLite) or postgres://USER:PASSWORD@HOST/NAME")
}

// parse reads the command line, flags before or after the arguments, and
// returns the arguments, of which there must be exactly as many as names.
func (f *flags) parse(names ...string) ([]string, error) {
	var args []string
	for rest := f.args; ; {
		if err := f.Parse(rest); err != nil {
			return nil, flagError(err)
		}
		left := f.Args()
		if ended := len(rest) > len(left) && rest[len(rest)-len(left)-1] == "--"; ended || len(left) == 0 {
			args = append(args, left...)
			break
		}
		args, rest = append(args, left[0]), left[1:]
	}
	f.Visit(func(x *flag.Flag) { f.given[x.Name] = true })
	if len(args) < len(names) {
		return nil, wrong("%s is missing", names[len(args)])
	}
	if len(args) > len(names) {
		return nil, wrong("%q is too much", args[len(names)])
	}
	return args, f.fromEnvironment()
}

func (f *flags) fromEnvironment() error {
	var errs []error
	f.VisitAll(func(x *flag.Flag) {
		value, ok := f.env(envName(x.Name))
		if !ok || f.given[x.Name] {
			return
		}
		if err := x.Value.Set(value); err != nil {
			errs = append(errs, fmt.Errorf("%s=%q: %w", envName(x.Name), value, err))
			return
		}
		f.given[x.Name] = true
	})
	if len(errs) > 0 {
		return &usageError{error: errors.Join(errs...)}
	}
	return nil
}

func envName(name string) string {
	return "POSTBAG_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func flagError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return wrong("there is no flag --%s", name)
	}
	return &usageError{error: err}
}

// print lists the flags with their variables and defaults.
func (f *flags) print(w io.Writer) error {
	var b strings.Builder
	f.VisitAll(func(x *flag.Flag) {
		value, about := flag.UnquoteUsage(x)
		fmt.Fprintf(&b, "\n  --%s\n      %s", strings.TrimSpace(x.Name+" "+value), about)
		if x.DefValue != "" && x.DefValue != "false" {
			fmt.Fprintf(&b, " (%s)", x.DefValue)
		}
		fmt.Fprintf(&b, "\n      %s\n", envName(x.Name))
	})
	_, err := io.WriteString(w, b.String())
	return err
}

// list is a flag that can be given again and again. In the environment its
// values are separated by commas.
type list []string

// String implements flag.Value.
func (l *list) String() string { return strings.Join(*l, ",") }

// Set implements flag.Value.
func (l *list) Set(value string) error {
	for _, v := range strings.Split(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			*l = append(*l, v)
		}
	}
	return nil
}

// choice is a flag with a few allowed values.
type choice struct {
	value   string
	allowed []string
}

// String implements flag.Value.
func (c *choice) String() string { return c.value }

// Set implements flag.Value.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return fmt.Errorf("must be %s", strings.Join(c.allowed, " or "))
	}
	c.value = value
	return nil
}

// oneOf defines a flag whose first allowed value is the default.
func (f *flags) oneOf(name, usage string, allowed ...string) *choice {
	c := &choice{allowed[0], allowed}
	f.Var(c, name, usage)
	return c
}

// address is a flag that holds the beginning of URLs, kept without a slash at
// its end.
type address string

// String implements flag.Value.
func (b *address) String() string { return string(*b) }

// Set implements flag.Value.
func (b *address) Set(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" ||
		u.Path != "" && u.Path != "/" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must look like https://comments.example.org")
	}
	*b = address(strings.TrimRight(value, "/"))
	return nil
}

// publicURL defines the flag that tells under which address people reach the
// server.
func (f *flags) publicURL(otherwise string) *address {
	b := address(otherwise)
	f.Var(&b, "public-url", "the `URL` under which people reach the server, such as https://comments.example.org")
	return &b
}
