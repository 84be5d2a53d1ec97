package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/models/store/storetest"
)

const importedEach = 250 // comments of each article in the export

// An import and its undo are killed in the middle, beside a server; each is
// completed by the same command, and nothing is left out or left behind. What
// readers are shown is whole at each time.
func TestKillImportAndUndo(t *testing.T) {
	dir := t.TempDir()
	binary, db, file := mustBinary(t), filepath.Join(dir, "postbag.db"), filepath.Join(dir, "export.xml")
	addNews(t, db)
	want := writeArticles(t, file)
	server := mustStart(t, binary, db)
	noted := func() int { return storetest.Count(t, db, "imported") }
	if seen := readAll(t, server.url); len(seen) != 0 {
		t.Errorf("%d comments are shown before the import", len(seen))
	}

	killWhen(t, exec.Command(binary, "import", "disqus", file, "--site", "news", "--db", db), func() bool { return noted() > 0 })
	some := noted()
	awaitShown(t, server.url, some)
	mustPostbag(t, db, "import", "disqus", file, "--site", "news")
	all := noted()
	for key := range awaitShown(t, server.url, all) {
		delete(want, key)
	}
	if len(want) > 0 || all != crashArticles*importedEach {
		t.Errorf("%d posts are noted; readers miss %v", all, want)
	}
	if runs := listImports(t, db); len(runs) != 1 || runs[0].State != "done" || some == all {
		t.Errorf("%d posts before, %d after; runs %+v", some, all, runs)
	}
	killWhen(t, exec.Command(binary, "import", "undo", "i1", "--db", db), func() bool { return noted() < all })
	if left := noted(); left == 0 {
		t.Error("the undo was not killed in the middle")
	}
	mustPostbag(t, db, "import", "undo", "i1")
	awaitShown(t, server.url, 0)
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

// writeArticles writes an export of articles whose comments hold each a key, half
// of them replies, and returns the keys.
func writeArticles(t *testing.T, path string) map[string]bool {
	t.Helper()
	var file strings.Builder
	keys := map[string]bool{}
	file.WriteString(`<?xml version="1.0" encoding="utf-8"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	for article := range crashArticles {
		fmt.Fprintf(&file, `<thread dsq:id="%d"><id/><link>%s</link><title>Article</title><createdAt>2014-01-01T00:00:00Z</createdAt></thread>`, article+1, articleURL(article))
	}
	for n := range crashArticles * importedEach {
		key, parent := fmt.Sprintf("post-%d", n), ""
		if n%2 == 1 {
			parent = fmt.Sprintf(`<parent dsq:id="%d"/>`, 99+n)
		}
		keys[key] = true
		fmt.Fprintf(&file, `<post dsq:id="%d"><id/><message><![CDATA[<p>Comment %s</p>]]></message><createdAt>%s</createdAt><author><name>Ann</name><isAnonymous>true</isAnonymous></author>`+
			`<thread dsq:id="%d"/>%s</post>`+"\n", 100+n, key, time.Unix(1_400_000_000+int64(n), 0).UTC().Format(time.RFC3339), n/importedEach+1, parent)
	}
	file.WriteString("</disqus>")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys
}

// awaitShown waits until the server shows so many comments: another process
// wrote them. Each article is whole, and nothing is there twice.
func awaitShown(t *testing.T, base string, want int) map[string]string {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(20 * time.Second); ; {
		seen, faults := readEach(t, base)
		if len(seen) == want && len(faults) == 0 {
			return seen
		}
		select {
		case <-late:
			t.Fatalf("readers see %d comments, not %d; %v", len(seen), want, faults)
		case <-tick.C:
		}
	}
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
