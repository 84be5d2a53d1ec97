package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// imports is what `go list -json` says of a package.
type imports struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// The layers, from the ground up. A package imports only from layers below its
// own; the leaf packages under moderation import models and nothing else of ours.
var layers = []struct {
	name  string
	holds func(path string) bool
}{
	{"models", is("postbag/models")},
	{"intake", is("postbag/models/intake")},
	{"codecs", below("postbag/models/disqus", "postbag/models/interchange")},
	{"models/store", below("postbag/models/store")},
	{"leaves", func(path string) bool { return strings.HasPrefix(path, "postbag/moderation/") }},
	{"moderation", is("postbag/moderation")},
	{"web", below("postbag/web")},
	{"cmd", below("postbag/cmd")},
}

// exclusive packages belong to one layer.
var exclusive = map[string]string{
	"gorm.io/":                            "models/store",
	"github.com/pressly/goose":            "models/store",
	"github.com/jackc/pgx":                "models/store",
	"modernc.org/sqlite":                  "models/store",
	"github.com/gin-gonic/gin":            "web",
	"github.com/evanw/esbuild":            "web",
	"github.com/prometheus/client_golang": "web",
}

func TestImportLaw(t *testing.T) {
	seen := 0
	for _, pkg := range listPackages(t) {
		seen++
		for _, broken := range violations(pkg) {
			t.Error(broken)
		}
	}
	if seen < 10 {
		t.Errorf("looked at %d packages only", seen)
	}
}

// The law itself must be able to fail.
func TestImportLawFindsViolations(t *testing.T) {
	for name, pkg := range map[string]imports{
		"web reads the store":         {ImportPath: "postbag/web", Imports: []string{"postbag/models/store"}},
		"store calls upwards":         {ImportPath: "postbag/models/store", Imports: []string{"postbag/moderation"}},
		"leaf knows its neighbour":    {ImportPath: "postbag/moderation/rate", Imports: []string{"postbag/moderation/live"}},
		"leaf knows the rules":        {ImportPath: "postbag/moderation/live", Imports: []string{"postbag/moderation/rules"}},
		"rules read files":            {ImportPath: "postbag/moderation/rules", Imports: []string{"postbag/moderation/rulefile"}},
		"leaf knows the store":        {ImportPath: "postbag/moderation/live", Imports: []string{"postbag/models/store"}},
		"gorm in the service":         {ImportPath: "postbag/moderation", Imports: []string{"gorm.io/gorm"}},
		"gin in auth's place":         {ImportPath: "postbag/moderation", Imports: []string{"github.com/gin-gonic/gin"}},
		"gin in web/auth":             {ImportPath: "postbag/web/auth", Imports: []string{"github.com/gin-gonic/gin"}},
		"models beyond the standard":  {ImportPath: "postbag/models", Imports: []string{"github.com/google/uuid"}},
		"codec with policy":           {ImportPath: "postbag/models/disqus", Imports: []string{"postbag/moderation"}},
		"a package outside of layers": {ImportPath: "postbag/util"},
	} {
		if len(violations(pkg)) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

// violations says what a package imports against the law. Its tests may look
// down as far as they like, but not up.
func violations(pkg imports) []string {
	own := layerOf(pkg.ImportPath)
	if own < 0 {
		return []string{pkg.ImportPath + " belongs to no layer"}
	}
	var broken []string
	for _, path := range pkg.Imports {
		if why := forbidden(pkg.ImportPath, own, path); why != "" {
			broken = append(broken, pkg.ImportPath+" imports "+path+": "+why)
		}
	}
	for _, path := range slices.Concat(pkg.TestImports, pkg.XTestImports) {
		if layerOf(path) > own {
			broken = append(broken, "tests of "+pkg.ImportPath+" import "+path+": it stands above")
		}
	}
	return broken
}

func forbidden(from string, own int, path string) string {
	if strings.HasPrefix(path, "postbag/") {
		return forbiddenOwn(from, own, path)
	}
	if from == "postbag/models" && strings.Contains(strings.Split(path, "/")[0], ".") {
		return "models imports the standard library only"
	}
	for prefix, layer := range exclusive {
		if strings.HasPrefix(path, prefix) && layers[own].name != layer {
			return "only " + layer + " does"
		}
	}
	if from == "postbag/web/auth" && strings.HasPrefix(path, "github.com/gin-gonic/") {
		return "auth knows no HTTP"
	}
	return ""
}

func forbiddenOwn(from string, own int, path string) string {
	to := layerOf(path)
	parts := func(p string) string { return strings.Join(strings.SplitN(p, "/", 4)[:3], "/") }
	switch {
	case to < 0:
		return "it belongs to no layer"
	case layers[own].name == "web" && layers[to].name == "models/store":
		return "moderation.Service is the one door"
	case layers[own].name == "leaves" && path != "postbag/models" && parts(from) != parts(path) && !isRuleParts(from, path):
		return "a leaf imports models and its own dependency only"
	case to > own:
		return "it stands above"
	}
	return ""
}

// isRuleParts: package rules evaluates with the algorithms of the other leaves,
// and package rulefile reads what these two understand.
func isRuleParts(from, path string) bool {
	switch from {
	case "postbag/moderation/rules":
		return path == "postbag/moderation/keyword" || path == "postbag/moderation/rate"
	case "postbag/moderation/rulefile":
		return path == "postbag/moderation/keyword" || path == "postbag/moderation/rules"
	}
	return false
}

func layerOf(path string) int {
	for i, l := range layers {
		if l.holds(path) {
			return i
		}
	}
	return -1
}

func is(path string) func(string) bool { return func(p string) bool { return p == path } }

func below(roots ...string) func(string) bool {
	return func(p string) bool {
		return slices.ContainsFunc(roots, func(root string) bool { return p == root || strings.HasPrefix(p, root+"/") })
	}
}

func listPackages(t *testing.T) []imports {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "postbag/...")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []imports
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg imports
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
}
