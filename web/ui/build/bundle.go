package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// bundle builds every file of dist in memory, by name. Chunks that the widget loads later come first, because their hashes are written into
// the bundle that loads them.
func bundle(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	languages, err := languages(root)
	if err != nil {
		return nil, err
	}
	chunks, err := widgetChunks(root, languages, files)
	if err != nil {
		return nil, err
	}
	for _, language := range languages {
		if files["texts-"+language+".json"], err = texts(root, language); err != nil {
			return nil, err
		}
		b := build{source: "embed/main.ts", format: api.FormatIIFE, chunks: chunks, languages: languages, language: language}
		if files[embedName(language)], err = b.compile(root); err != nil {
			return nil, err
		}
	}
	for _, entry := range []struct{ name, source string }{
		{"count.js", "count/main.ts"},
		{"recommendations.js", "lists/recommendations.ts"},
		{"lists.js", "lists/main.ts"},
		{"console.js", "console/main.ts"},
		{"console.css", "console/console.css"},
		{"thread.css", "console/thread.css"},
		{"demo.css", "console/demo.css"},
	} {
		if files[entry.name], err = (build{source: entry.source, format: api.FormatIIFE}).compile(root); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// embedName is the name of the variant of embed.js that has a language built in.
func embedName(language string) string {
	if language == "en" {
		return "embed.js"
	}
	return "embed-" + language + ".js"
}

// languages returns the languages of the widget, in order.
func languages(root string) ([]string, error) {
	sources, err := filepath.Glob(filepath.Join(root, "src/widget/locale/*.json"))
	for i, source := range sources {
		sources[i] = strings.TrimSuffix(filepath.Base(source), ".json")
	}
	return sources, err
}

// texts returns the widget's texts in a language as the server gives them out.
func texts(root, language string) ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(root, "src/widget/locale", language+".json"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Compact(&out, source); err != nil {
		return nil, fmt.Errorf("texts in %s: %w", language, err)
	}
	return out.Bytes(), nil
}

// widgetChunks adds the lazily loaded modules of the widget to files and returns a JSON object from chunk name to the hash in its file's
// name. The chunk of a language has the texts of what is loaded after the first render; English ones are part of that.
func widgetChunks(root string, languages []string, files map[string][]byte) (string, error) {
	chunks := map[string]build{"more": {source: "widget/more/main.ts"}, "sso": {source: "widget/sso/main.ts"}}
	for _, language := range languages {
		if language != "en" {
			chunks[language] = build{source: "widget/locale/" + language + ".json", take: "more"}
		}
	}
	hashes := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(chunks)) {
		chunk := chunks[name]
		chunk.format = api.FormatESModule
		code, err := chunk.compile(root)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(code)
		hashes[name] = hex.EncodeToString(sum[:4])
		files[fmt.Sprintf("widget-%s-%s.js", name, hashes[name])] = code
	}
	list, err := json.Marshal(hashes)
	return string(list), err
}

// build is how one entry point below src becomes one file.
type build struct {
	source    string
	take      string // the one export that is wanted; empty for all
	format    api.Format
	chunks    string   // JSON, of what loads chunks
	languages []string // that there are, for what picks one
	language  string   // built in; empty for English
}

// compile bundles and minifies the entry point.
func (b build) compile(root string) ([]byte, error) {
	dir, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	known, err := json.Marshal(b.languages)
	if err != nil {
		return nil, err
	}
	language := cmp.Or(b.language, "en")
	options := api.BuildOptions{
		AbsWorkingDir: dir,
		Alias:         map[string]string{"built-in-language": "./src/widget/locale/" + language + ".json"},
		EntryPoints:   []string{"src/" + b.source},
		Bundle:        true,
		Charset:       api.CharsetUTF8,
		Define: map[string]string{
			"__CHUNKS__": cmp.Or(b.chunks, "{}"), "__LANGUAGE__": strconv.Quote(language), "__LANGUAGES__": string(known),
		},
		Engines:           engines(),
		Format:            b.format,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		Outfile:           "out" + strings.Replace(filepath.Ext(b.source), ".ts", ".js", 1),
		Plugins:           []api.Plugin{{Name: "style-text", Setup: styleText}},
		TsconfigRaw:       "{}",
	}
	if b.take != "" {
		options.EntryPoints = nil
		options.Stdin = &api.StdinOptions{Contents: fmt.Sprintf("export {%s} from %q", b.take, "./"+b.source), ResolveDir: filepath.Join(dir, "src")}
	}
	if strings.HasSuffix(b.source, ".css") {
		options.Format = api.FormatDefault
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, messages(b.source, result.Errors)
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
	slices.Sort(names)
	return names
}
