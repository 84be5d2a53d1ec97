package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed dist
var distFiles embed.FS

// readAssets is run once, by the first caller of Asset: the files are part of the binary and never change.
var readAssets = sync.OnceValue(loadAssets)

// File is one built file of the front end, ready to be served.
//
// A file whose Immutable is true bears its hash in its name and may be cached for a year; the others (embed.js, count.js, console.js,
// console.css) keep their name across versions and need a short life or the query of AssetPath. The widget's chunks are fetched from pages
// of other origins as modules, so they must be served with `Access-Control-Allow-Origin: *`, and all of them with `nosniff`.
type File struct {
	Name        string // as asked for, without a folder: "embed.js"
	ContentType string
	Hash        string // 16 hexadecimal digits over Bytes; quoted, it is a strong ETag
	Immutable   bool
	Bytes       []byte // must not be modified
	Gzip        []byte // the same, compressed when the front end was built; must not be modified
}

// Asset returns the built file of that name; false when there is none. Names have no folder. It is safe for concurrent use and does not
// allocate after its first call.
func Asset(name string) (File, bool) {
	file, ok := readAssets()[name]
	return file, ok
}

// AssetPath returns the path under which a page links the built file: "/assets/console.css?v=HASH". Without such a file it returns the
// path alone, which then answers 404.
func AssetPath(name string) string {
	if file, ok := Asset(name); ok && !file.Immutable {
		return "/assets/" + name + "?v=" + file.Hash
	}
	return "/assets/" + name
}

// loadAssets reads all of dist. It panics when an embedded file cannot be read, which only a broken binary can cause.
func loadAssets() map[string]File {
	entries, err := fs.ReadDir(distFiles, "dist")
	if err != nil {
		panic("ui: embedded files: " + err.Error())
	}
	files := map[string]File{}
	for _, entry := range entries {
		name := entry.Name()
		kind := contentType(name)
		if kind == "" {
			continue
		}
		content, packed := mustRead(name), mustRead(name+".gz")
		sum := sha256.Sum256(content)
		files[name] = File{
			Name: name, ContentType: kind, Hash: hex.EncodeToString(sum[:8]), Immutable: strings.HasPrefix(name, "widget-"),
			Bytes: content, Gzip: packed,
		}
	}
	return files
}

func mustRead(name string) []byte {
	content, err := distFiles.ReadFile(path.Join("dist", name))
	if err != nil {
		panic("ui: embedded files: " + err.Error())
	}
	return content
}

// contentType knows the kinds that the build makes; anything else (the compressed twins) is not served under its own name.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json; charset=utf-8"
	default:
		return ""
	}
}
