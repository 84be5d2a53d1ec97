package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed files are what the sources give: the bundles byte for byte, their compressed twins by content, because another version of
// Go may compress differently.
func TestCommittedFilesAreFresh(t *testing.T) {
	files := mustBundle(t)
	entries, err := os.ReadDir("../dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := files[strings.TrimSuffix(entry.Name(), ".gz")]; !ok {
			t.Errorf("dist/%s is built from no source", entry.Name())
		}
	}
	for name, want := range files {
		if got := mustRead(t, name); !bytes.Equal(got, want) {
			t.Errorf("dist/%s is stale: run go generate ./web/ui", name)
		}
		if got := unpack(t, mustRead(t, name+".gz")); !bytes.Equal(got, want) {
			t.Errorf("dist/%s.gz is stale: run go generate ./web/ui", name)
		}
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	first, second := mustBundle(t), mustBundle(t)
	if len(first) != len(second) {
		t.Fatalf("one build gives %d files, the next %d", len(first), len(second))
	}
	for name, content := range first {
		if !bytes.Equal(content, second[name]) {
			t.Errorf("%s differs between two builds", name)
		}
	}
}

func TestBundleReportsFileAndLine(t *testing.T) {
	root := t.TempDir()
	source := filepath.Join(root, "src/widget/more/main.ts")
	if err := os.MkdirAll(filepath.Dir(source), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte("const a = 1;\nconst = 2;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := bundle(root)
	if err == nil || !strings.Contains(err.Error(), "main.ts:2:") {
		t.Errorf("error = %v, want one that names main.ts:2", err)
	}
}

func TestWriteKeepsOnlyWhatIsBuilt(t *testing.T) {
	root := t.TempDir()
	if err := write(root, map[string][]byte{"a-1.js": []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := write(root, map[string][]byte{"a-2.js": []byte("2")}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(root, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if got, want := strings.Join(names, " "), "a-2.js a-2.js.gz"; got != want {
		t.Errorf("dist holds %q, want %q", got, want)
	}
}

func mustBundle(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../dist", name))
	if err != nil {
		t.Errorf("%v: run go generate ./web/ui", err)
	}
	return content
}

func unpack(t *testing.T, packed []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
