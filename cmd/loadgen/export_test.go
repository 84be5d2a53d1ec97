package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models/disqus"
)

// generate writes an export and returns it with its summary.
func generate(t *testing.T, args ...string) ([]byte, exportSummary) {
	t.Helper()
	var out, diag bytes.Buffer
	if code := run(t.Context(), append([]string{"disqus-export"}, args...), &out, &diag); code != 0 {
		t.Fatalf("exit %d: %s", code, diag.String())
	}
	var sum exportSummary
	if err := json.Unmarshal(diag.Bytes(), &sum); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), sum
}

// TestExport_Summary counts what is in the file the slow way, by the words of
// the import report, and compares.
func TestExport_Summary(t *testing.T) {
	tests := map[string][]string{
		"one post":     {"--posts", "1"},
		"few posts":    {"--posts", "40"},
		"seed 1":       {"--posts", "6000"},
		"seed 2":       {"--posts", "6000", "--seed", "2", "--emails"},
		"more threads": {"--posts", "500", "--threads", "900"},
		"www origin":   {"--posts", "3000", "--origin", "https://www.paper.example"},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			file, sum := generate(t, args...)
			want := recount(t, file)
			want.Seed = sum.Seed
			if sum != want {
				t.Errorf("summary\n%+v\nfile\n%+v", sum, want)
			}
		})
	}
}

// recounter is an importer that keeps everything in memory.
type recounter struct {
	sum      exportSummary
	threads  map[string]*disqus.Thread
	posts    map[string]bool
	equal    map[disqus.Post]bool
	gone     map[string]bool // deleted or spam posts; true when they have an approved reply
	used     map[string]bool
	articles map[string][]string // identifiers of the threads of one URL
}

func recount(t *testing.T, file []byte) exportSummary {
	t.Helper()
	c := recounter{
		threads: make(map[string]*disqus.Thread), posts: make(map[string]bool), equal: make(map[disqus.Post]bool),
		gone: make(map[string]bool), used: make(map[string]bool), articles: make(map[string][]string),
	}
	r, err := disqus.NewReader(bytes.NewReader(file), disqus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch rec := rec.(type) {
		case *disqus.Thread:
			c.thread(rec)
		case *disqus.Post:
			c.post(rec)
		}
	}
	c.finish()
	return c.sum
}

func (c *recounter) thread(th *disqus.Thread) {
	c.threads[th.DsqID] = th
	n := &c.sum.Threads
	n.Total++
	n.Closed += count(th.Closed)
	n.Foreign += count(strings.HasPrefix(th.Link, "http://localhost:4000/"))
	n.Nameless += count(th.Link == "" && th.Identifier == "")
}

func (c *recounter) post(p *disqus.Post) {
	n := &c.sum.Posts
	n.Total++
	th := c.threads[p.ThreadID]
	if th != nil {
		c.used[p.ThreadID] = true
	}
	same := *p
	same.DsqID, same.Line, same.ImportID = "", 0, ""
	switch {
	case th == nil || th.Link == "" && th.Identifier == "":
		n.Orphaned++
	case th.Deleted || p.Deleted:
		n.Deleted++
		c.gone[p.DsqID] = false
	case p.Spam:
		n.Spam++
		c.gone[p.DsqID] = false
	case c.posts[p.DsqID] || c.equal[same]:
		n.Duplicate++
	default:
		n.Approved++
		if answered, gone := c.gone[p.ParentID]; gone && !answered {
			c.gone[p.ParentID] = true
			c.sum.Tombstones++
		}
	}
	if p.ParentID == "404" && !c.posts[p.DsqID] && !c.equal[same] {
		c.sum.MissingParents++
	}
	c.posts[p.DsqID], c.equal[same] = true, true
	c.sum.Added = n.Approved + n.Deleted + n.Spam
}

// finish counts articles: threads whose URLs agree, unless their identifiers differ.
func (c *recounter) finish() {
	used := make(map[string]bool)
	for id, th := range c.threads {
		key := normal(th)
		if key == "" {
			continue
		}
		used[key] = used[key] || c.used[id]
		c.articles[key] = append(c.articles[key], th.Identifier)
	}
	for key, identifiers := range c.articles {
		names := make(map[string]bool)
		for _, name := range identifiers {
			names[name] = true
		}
		delete(names, "")
		articles := max(1, len(names))
		c.sum.Threads.Merged += len(identifiers) - articles
		if used[key] {
			c.sum.Threads.Articles += articles
		} else {
			c.sum.Threads.Empty += articles
		}
	}
}

// normal is what makes two threads the same article.
func normal(th *disqus.Thread) string {
	u, err := url.Parse(th.Link)
	if err != nil || u.Host == "" {
		return th.Identifier
	}
	query := u.Query()
	for key := range query {
		if strings.HasPrefix(key, "utm_") || key == "fbclid" {
			query.Del(key)
		}
	}
	return strings.TrimPrefix(u.Host, "www.") + strings.TrimSuffix(u.Path, "/") + "?" + query.Encode()
}

// TestExport_HasEverything makes sure that the file holds each quirk it is made for.
func TestExport_HasEverything(t *testing.T) {
	file, sum := generate(t, "--posts", "20000")
	for _, quirk := range []string{
		"http://www.news.example/", "utm_source", "fbclid", "/?p=", "localhost:4000", "<link>/2014/", "%zz", ">clash-",
		"<isClosed>true", "<isDeleted>true", "<isSpam>true", "<message />", "<name />", "<br>", "<pre>", "/...</a>", ":disqus",
		"uploads.disquscdn.com", "wp_id=", "\n\t\t\t", "Анна", "محمد", "अनिता", "李雷", "👩‍👩‍👧", "O'Neil &lt;3",
	} {
		if !bytes.Contains(file, []byte(quirk)) {
			t.Errorf("there is no %q", quirk)
		}
	}
	p, n := sum.Posts, sum.Threads
	if p.Orphaned == 0 || p.Duplicate == 0 || sum.Tombstones == 0 || sum.MissingParents == 0 || n.Merged == 0 || n.Empty == 0 || n.Nameless == 0 {
		t.Errorf("a class is empty: %+v", sum)
	}
	if bytes.Contains(file, []byte("<email>")) {
		t.Error("there are e-mail addresses without --emails")
	}
}

func TestExport_SameForSameSeed(t *testing.T) {
	first, _ := generate(t, "--posts", "2000", "--seed", "7")
	again, _ := generate(t, "--posts", "2000", "--seed", "7")
	other, _ := generate(t, "--posts", "2000", "--seed", "8")
	if !bytes.Equal(first, again) {
		t.Error("the same seed gave two files")
	}
	if bytes.Equal(first, other) {
		t.Error("two seeds gave the same file")
	}
}

func TestExport_Files(t *testing.T) {
	dir := t.TempDir()
	plain, packed, sum := filepath.Join(dir, "a.xml"), filepath.Join(dir, "a.xml.gz"), filepath.Join(dir, "sum.json")
	for _, file := range []string{plain, packed} {
		var out, diag bytes.Buffer
		if code := run(t.Context(), []string{"disqus-export", "--posts", "300", "-o", file, "--summary", sum}, &out, &diag); code != 0 || out.Len()+diag.Len() > 0 {
			t.Fatalf("exit %d: %s%s", code, out.String(), diag.String())
		}
	}
	var counts [2]int
	for i, name := range []string{plain, packed} {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := disqus.NewReader(file, disqus.Options{})
		for err == nil {
			_, err = r.Next()
			counts[i]++
		}
		if err != io.EOF {
			t.Fatal(err)
		}
	}
	if counts[0] != counts[1] || counts[0] < 300 {
		t.Errorf("%d records plain, %d packed", counts[0], counts[1])
	}
	if info, err := os.Stat(packed); err != nil || info.Size() > int64(counts[0])*400 {
		t.Errorf("the packed file is not packed: %v, %v", info, err)
	}
}

func TestExport_Cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := run(ctx, []string{"disqus-export", "--posts", "100000"}, io.Discard, io.Discard); code != 1 {
		t.Errorf("exit %d", code)
	}
}

func TestUsage(t *testing.T) {
	local := []string{"run", "--site", "a", "--origin", "https://news.example"}
	with := func(more ...string) []string { return append(local[:len(local):len(local)], more...) }
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":          {args: nil, code: 2, says: "say what to do"},
		"help":             {args: []string{"help"}, code: 0, says: "disqus-export"},
		"help of export":   {args: []string{"help", "disqus-export"}, code: 0, says: "-posts"},
		"help of run":      {args: []string{"run", "--help"}, code: 0, says: "-moderators"},
		"unknown command":  {args: []string{"fly"}, code: 2, says: "no command"},
		"unknown flag":     {args: []string{"run", "--fast"}, code: 2, says: "-fast"},
		"argument":         {args: with("x"), code: 2, says: `"x" is no flag`},
		"no posts":         {args: []string{"disqus-export"}, code: 2, says: "--posts"},
		"origin with path": {args: []string{"disqus-export", "--posts", "1", "--origin", "https://a.example/b"}, code: 2, says: "--origin"},
		"no directory":     {args: []string{"disqus-export", "--posts", "1", "-o", "/nowhere/a.xml"}, code: 1, says: "no such file"},
		"no workers":       {args: local, code: 2, says: "--posters"},
		"no site":          {args: []string{"run", "--posters", "1"}, code: 2, says: "--site"},
		"no token":         {args: with("--moderators", "1"), code: 2, says: "--token"},
		"too long":         {args: with("--posters", "1", "--duration", "2h"), code: 2, says: "--duration"},
		"other machine":    {args: with("--posters", "1", "--url", "http://192.0.2.1:80"), code: 2, says: "on this machine only"},
		"other name":       {args: with("--posters", "1", "--url", "http://localhost.example"), code: 2, says: "on this machine only"},
		"no URL":           {args: with("--posters", "1", "--url", "127.0.0.1"), code: 2, says: "--url must look like"},
		"nobody there":     {args: with("--posters", "1", "--url", "http://127.0.0.1:1", "--duration", "100ms"), code: 1, says: "no request succeeded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(t.Context(), tt.args, &out, &out); code != tt.code || !strings.Contains(out.String(), tt.says) {
				t.Errorf("exit %d, want %d with %q:\n%s", code, tt.code, tt.says, out.String())
			}
		})
	}
}
