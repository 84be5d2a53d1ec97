package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"postbag/models/store/storetest"
)

// An import and its undo are killed in the middle; each is completed by the same
// command, and nothing is left out or left behind.
func TestKillImportAndUndo(t *testing.T) {
	dir := t.TempDir()
	binary, db, file := mustBinary(t), filepath.Join(dir, "postbag.db"), filepath.Join(dir, "export.xml")
	addNews(t, db)
	generate := exec.CommandContext(t.Context(), "go", "run", "postbag/cmd/loadgen", "disqus-export", "--posts", "3000", "-o", file)
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	noted := func() int { return storetest.Count(t, db, "imported") }

	killWhen(t, exec.Command(binary, "import", "disqus", file, "--site", "news", "--db", db), func() bool { return noted() > 0 })
	some := noted()
	mustPostbag(t, db, "import", "disqus", file, "--site", "news")
	all := noted()
	if runs := listImports(t, db); len(runs) != 1 || runs[0].State != "done" || some == all {
		t.Errorf("%d posts before, %d after; runs %+v", some, all, runs)
	}
	killWhen(t, exec.Command(binary, "import", "undo", "i1", "--db", db), func() bool { return noted() < all })
	if left := noted(); left == 0 {
		t.Error("the undo was not killed in the middle")
	}
	mustPostbag(t, db, "import", "undo", "i1")
	for _, table := range []string{"comments", "imported", "articles", "aliases", "authors"} {
		if n := storetest.Count(t, db, table); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	killWhen(t, exec.Command(binary, "import", "disqus", file, "--site", "news", "--db", db), func() bool { return noted() > 0 })
	mustPostbag(t, db, "import", "cancel", "i2")
	mustPostbag(t, db, "import", "undo", "i2")
	if runs := listImports(t, db); len(runs) != 2 || runs[0].State != "undone" || noted() != 0 {
		t.Errorf("runs %+v, %d posts", runs, noted())
	}
	mustPostbag(t, db, "check")
}

// killWhen starts a command and kills it as soon as a condition holds.
func killWhen(t *testing.T, cmd *exec.Cmd, holds func() bool) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case err := <-ended:
			t.Fatalf("it ended before it could be killed: %v\n%s", err, stderr.String())
		case <-tick.C:
		}
	}
	_ = cmd.Process.Kill()
	if err := <-ended; err == nil {
		t.Error("it had ended by itself")
	}
}

func listImports(t *testing.T, db string) []runWire {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), mustBinary(t), "import", "list", "--site", "news", "--json", "--db", db)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var runs []runWire
	if err := json.Unmarshal(out, &runs); err != nil {
		t.Fatal(err)
	}
	return runs
}
