package ui_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The queue screen's logic has its tests in TypeScript beside it. They are bundled here and run by Node's test runner; without Node they
// are skipped, as Node is not needed to build or to run Postbag.
func TestConsoleLogic(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "console.test.mjs")
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{"src/console/console.test.ts"}, Bundle: true, Format: api.FormatESModule,
		Outfile: out, Platform: api.PlatformNode, TsconfigRaw: "{}", Write: true,
	})
	for _, problem := range result.Errors {
		t.Fatal(problem.Text)
	}
	if report, err := exec.CommandContext(t.Context(), node, "--test", out).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, report)
	}
}
