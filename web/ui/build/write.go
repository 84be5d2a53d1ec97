package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
)

// write replaces root/dist by files and their gzip twins, and removes what no source builds any more.
func write(root string, files map[string][]byte) error {
	dist := filepath.Join(root, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, name := range sorted(files) {
		packed, err := pack(files[name])
		if err != nil {
			return fmt.Errorf("compress %s: %w", name, err)
		}
		for file, content := range map[string][]byte{name: files[name], name + ".gz": packed} {
			keep[file] = true
			if err := replace(filepath.Join(dist, file), content); err != nil {
				return err
			}
		}
		fmt.Printf("%-28s %7d bytes %7d gzip\n", name, len(files[name]), len(packed))
	}
	return removeOthers(dist, keep)
}

// replace writes content to file unless it already holds it, so that a build that changes nothing touches nothing.
func replace(file string, content []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
		return nil
	}
	return os.WriteFile(file, content, 0o644)
}

// removeOthers deletes the files of dir that are not kept: chunks with an old hash.
func removeOthers(dir string, keep map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !keep[entry.Name()] {
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// pack compresses content as gzip without a name or a time, so that equal input gives equal output.
func pack(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
