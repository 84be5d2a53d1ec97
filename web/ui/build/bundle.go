package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// engines is the support floor; esbuild lowers newer syntax to it. light-dark() is guarded in the style sheet instead.
func engines() []api.Engine {
	return []api.Engine{
		{Name: api.EngineChrome, Version: "123"},
		{Name: api.EngineFirefox, Version: "120"},
		{Name: api.EngineSafari, Version: "17.5"},
	}
}

// bundle builds every file of dist in memory, by name. Chunks that the widget loads later come first, because their hashed names are
// written into the bundle that loads them.
func bundle(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	chunks, err := widgetChunks(root, files)
	if err != nil {
		return nil, err
	}
	for _, entry := range []struct{ name, source string }{
		{"embed.js", "embed/main.ts"},
		{"count.js", "count/main.ts"},
		{"console.js", "console/main.ts"},
		{"console.css", "console/console.css"},
		{"thread.css", "console/thread.css"},
		{"demo.css", "console/demo.css"},
	} {
		code, err := compile(root, entry.source, api.FormatIIFE, map[string]string{"__CHUNKS__": chunks})
		if err != nil {
			return nil, err
		}
		files[entry.name] = code
	}
	return files, nil
}

// widgetChunks adds the lazily loaded modules of the widget to files and returns a JSON object from chunk name to file name.
func widgetChunks(root string, files map[string][]byte) (string, error) {
	sources, err := filepath.Glob(filepath.Join(root, "src/widget/locale/*.ts"))
	if err != nil {
		return "", err
	}
	names := map[string]string{}
	for _, source := range append(sources, filepath.Join(root, "src/widget/more/main.ts")) {
		relative, err := filepath.Rel(filepath.Join(root, "src"), source)
		if err != nil {
			return "", err
		}
		code, err := compile(root, filepath.ToSlash(relative), api.FormatESModule, nil)
		if err != nil {
			return "", err
		}
		name := strings.TrimSuffix(filepath.Base(source), ".ts")
		if name == "main" {
			name = "more"
		}
		sum := sha256.Sum256(code)
		names[name] = fmt.Sprintf("widget-%s-%s.js", name, hex.EncodeToString(sum[:4]))
		files[names[name]] = code
	}
	list, err := json.Marshal(names)
	return string(list), err
}

// compile bundles and minifies one entry point below src.
func compile(root, source string, format api.Format, define map[string]string) ([]byte, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	options := api.BuildOptions{
		AbsWorkingDir:     dir,
		EntryPoints:       []string{"src/" + source},
		Bundle:            true,
		Charset:           api.CharsetUTF8,
		Define:            define,
		Engines:           engines(),
		Format:            format,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		Outfile:           "out" + strings.Replace(filepath.Ext(source), ".ts", ".js", 1),
		Plugins:           []api.Plugin{{Name: "style-text", Setup: styleText}},
		TsconfigRaw:       "{}",
	}
	if strings.HasSuffix(source, ".css") {
		options.Format = api.FormatDefault
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, messages(source, result.Errors)
	}
	return result.OutputFiles[0].Contents, nil
}

// styleText turns a style sheet imported by a module into a minified string, for a constructable style sheet. A style sheet that is itself
// an entry point is bundled as CSS.
func styleText(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: `\.css$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if args.Kind != api.ResolveJSImportStatement {
			return api.OnResolveResult{}, nil
		}
		return api.OnResolveResult{Path: filepath.Join(args.ResolveDir, args.Path), Namespace: "text"}, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: `\.css$`, Namespace: "text"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		text, err := minifyStyle(args.Path)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, err
	})
}

// minifyStyle reads and minifies the style sheet in file.
func minifyStyle(file string) (string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	result := api.Transform(string(source), api.TransformOptions{
		Charset: api.CharsetUTF8, Engines: engines(), Loader: api.LoaderCSS,
		MinifyIdentifiers: true, MinifySyntax: true, MinifyWhitespace: true,
	})
	if len(result.Errors) > 0 {
		return "", messages(file, result.Errors)
	}
	return strings.TrimSpace(string(result.Code)), nil
}

// messages joins esbuild's diagnostics into one error with file and line.
func messages(source string, list []api.Message) error {
	var all []error
	for _, m := range list {
		if m.Location == nil {
			all = append(all, fmt.Errorf("%s: %s", source, m.Text))
			continue
		}
		all = append(all, fmt.Errorf("%s:%d:%d: %s", m.Location.File, m.Location.Line, m.Location.Column, m.Text))
	}
	return errors.Join(all...)
}

// sorted returns the names of files in order.
func sorted(files map[string][]byte) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
