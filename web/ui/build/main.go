// Command build bundles Postbag's TypeScript into web/ui/dist.
//
// It is run by `go generate ./web/ui` and needs no Node: esbuild is used as a Go library. The output is deterministic for one version of
// esbuild, is committed, and is embedded into the server; the test beside this file proves that it is fresh.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// run bundles the sources below root/src and replaces the contents of root/dist.
func run(root string) error {
	files, err := bundle(root)
	if err != nil {
		return err
	}
	return write(root, files)
}
