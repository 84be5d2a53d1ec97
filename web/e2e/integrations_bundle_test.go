package e2e_test

import (
	"os"
	"path/filepath"
	"strings"

	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

const integrationModules = "integrations/node_modules"

// bundle builds packages/SOURCE for the browser and serves it as NAME.js.
// aliases are pairs of a package and the version of it that is installed under
// another name. Nothing of the packages is changed.
func (p *platforms) bundle(t *testing.T, name, source string, aliases ...string) {
	t.Helper()
	if _, err := os.Stat(integrationModules); err != nil {
		missing(t, "The packages of integrations", "cd web/e2e/integrations && npm ci")
	}
	dir, err := filepath.Abs("integrations")
	if err != nil {
		t.Fatal(err)
	}
	alias := map[string]string{}
	for i := 0; i+1 < len(aliases); i += 2 {
		alias[aliases[i]] = aliases[i+1]
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   []string{"packages/" + source},
		Alias:         alias,
		Bundle:        true,
		Charset:       api.CharsetUTF8,
		// What bundlers and the plugin of Gatsby define.
		Define:      map[string]string{"process.env.NODE_ENV": `"development"`, "GATSBY_DISQUS_SHORTNAME": "window.SHORTNAME"},
		Format:      api.FormatIIFE,
		JSX:         api.JSXTransform,
		LogLevel:    api.LogLevelSilent,
		MainFields:  []string{"browser", "module", "main"},
		Outfile:     name + ".js",
		TsconfigRaw: `{"compilerOptions":{"experimentalDecorators":true,"useDefineForClassFields":false}}`,
	})
	if len(result.Errors) > 0 {
		t.Fatalf("bundle %s: %s", source, strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	p.bundles[name+".js"] = result.OutputFiles[0].Contents
}
