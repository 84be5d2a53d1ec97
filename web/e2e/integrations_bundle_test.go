package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// integrationBundle is one application below integrations/packages.
type integrationBundle struct {
	name    string // of the pages that it draws
	source  string
	aliases []string // pairs of a package and the version of it that is installed under another name
}

func integrationBundles() []integrationBundle {
	return []integrationBundle{
		{"react-19", "disqus-react.jsx", react("19")},
		{"react-18", "disqus-react.jsx", react("18")},
		{"react-17", "disqus-react.jsx", react("17")},
		{"react-16", "disqus-react.jsx", react("16")},
		{"gatsby-plugin-disqus", "gatsby-plugin-disqus.jsx", react("18")},
		{"react-disqus-comments", "react-disqus-comments.jsx", react("16")},
		{"react-by-hand", "react-by-hand.jsx", react("19")},
		{"vue-disqus", "vue-disqus.js", nil},
		{"vue-disqus-4", "vue-disqus-4.js", []string{"vue", "vue-2"}},
		{"zone", "zone.js", nil},
		{"ngx-disqus", "ngx-disqus.ts", nil},
		{"disqusjs", "disqusjs.js", nil},
	}
}

// react names the modules of one version of React.
func react(version string) []string {
	client := "react-dom-" + version + "/client"
	if version < "18" {
		client = "./packages/react-none.js"
	}
	return []string{"react-client", client, "react", "react-" + version, "react-dom", "react-dom-" + version}
}

// bundle builds the applications for the browser, once, in memory, and changes
// nothing of the packages in them.
func (p *platforms) bundle(t *testing.T) {
	t.Helper()
	if len(p.bundles) > 0 {
		return
	}
	if _, err := os.Stat("integrations/node_modules"); err != nil {
		missing(t, "node_modules of the integrations", "cd web/e2e/integrations && npm ci")
	}
	dir, err := filepath.Abs("integrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range integrationBundles() {
		result := api.Build(b.options(dir))
		if len(result.Errors) > 0 {
			t.Fatalf("bundle %s: %s", b.source, strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
		}
		p.bundles[b.name+".js"] = result.OutputFiles[0].Contents
	}
}

func (b integrationBundle) options(dir string) api.BuildOptions {
	alias := map[string]string{}
	for i := 0; i+1 < len(b.aliases); i += 2 {
		alias[b.aliases[i]] = b.aliases[i+1]
	}
	return api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   []string{"packages/" + b.source},
		Alias:         alias,
		Bundle:        true,
		Charset:       api.CharsetUTF8,
		// What bundlers and the plugin of Gatsby define.
		Define:      map[string]string{"process.env.NODE_ENV": `"development"`, "GATSBY_DISQUS_SHORTNAME": "window.SHORTNAME"},
		Format:      api.FormatIIFE,
		JSX:         api.JSXTransform,
		LogLevel:    api.LogLevelSilent,
		MainFields:  []string{"browser", "module", "main"},
		Outfile:     b.name + ".js",
		TsconfigRaw: `{"compilerOptions":{"experimentalDecorators":true,"useDefineForClassFields":false}}`,
	}
}
