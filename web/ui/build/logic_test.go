package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The front end's logic has its own tests in TypeScript. They are bundled here and run by Node's test runner; without Node they are
// skipped, as Node is not needed to build or to run Postbag.
func TestFrontEndLogic(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "logic.test.mjs")
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   []string{"test/logic.test.ts"},
		Bundle:        true,
		Alias:         map[string]string{"built-in-language": "./src/widget/locale/en.json"},
		Define:        map[string]string{"__CHUNKS__": "{}", "__LANGUAGE__": `"en"`},
		Format:        api.FormatESModule,
		Outfile:       out,
		Platform:      api.PlatformNode,
		TsconfigRaw:   "{}",
		Write:         true,
	})
	if len(result.Errors) > 0 {
		t.Fatal(messages("test/logic.test.ts", result.Errors))
	}
	if report, err := exec.CommandContext(t.Context(), node, "--test", out).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, report)
	}
}
