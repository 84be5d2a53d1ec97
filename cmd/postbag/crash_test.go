package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models/store/storetest"
)

const (
	crashPosters  = 64
	crashArticles = 8
	crashAcks     = 150 // acknowledgements of a round before the plug is pulled
)

// Whatever was acknowledged is there after kill -9, once, and every count is
// exact: ten times the real binary is killed in the middle of 64 concurrent
// posters. What was not acknowledged is sent again with its key, as the widget
// does.
func TestKillLosesNothing(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	binary, db := mustBinary(t), filepath.Join(t.TempDir(), "postbag.db")
	addNews(t, db)
	acked := map[string]string{} // key → id of the comment
	var unsure []post
	for round := range rounds {
		server := mustStart(t, binary, db)
		resend(t, server.url, unsure, acked)
		fresh, lost := postUntil(t, server, round, server.kill)
		for key, id := range fresh {
			acked[key] = id
		}
		unsure = lost
		mustPostbag(t, db, "check")
	}
	server := mustStart(t, binary, db)
	resend(t, server.url, unsure, acked)
	compare(t, readAll(t, server.url), acked)
	if err := server.stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, server.stderr.String())
	}
	mustPostbag(t, db, "check")
	t.Logf("%d rounds, %d comments acknowledged", rounds, len(acked))
}

// Asked to end, the server finishes what is under way and ends its streams.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	binary, db := mustBinary(t), filepath.Join(t.TempDir(), "postbag.db")
	addNews(t, db)
	server := mustStart(t, binary, db)
	if _, err := (post{"first-of-all", 0}).send(t.Context(), http.DefaultClient, server.url); err != nil {
		t.Fatal(err)
	}
	stream := mustFollow(t, server.url)
	acked, lost := postUntil(t, server, 0, server.stop)
	for range stream {
		// ends with the server
	}
	server = mustStart(t, binary, db)
	seen := readAll(t, server.url)
	delete(seen, "first-of-all")
	for _, p := range lost {
		delete(seen, p.key) // not acknowledged: it may be there or not
	}
	compare(t, seen, acked)
	if err := server.stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, server.stderr.String())
	}
	mustPostbag(t, db, "check")
}

// Two processes on one database: what is posted at one is seen at the other, by
// its streams and on its pages, and either may be killed.
func TestTwoProcesses(t *testing.T) {
	for name, open := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			binary, db := mustBinary(t), open(t)
			addNews(t, db)
			one, two := mustStart(t, binary, db), mustStart(t, binary, db)
			mustSend(t, one, "comment-1")
			address := two.url + "/api/v1/sites/news/thread?limit=100&body=html&url=" + articleURL(0)
			if page := readThread(t, address); page.Count != 1 {
				t.Fatalf("the other process shows %d comments, want 1", page.Count)
			}
			stream := mustFollow(t, two.url)
			mustSend(t, one, "comment-2")
			awaitEvent(t, stream, "comment")
			if page := readThread(t, address); page.Count != 2 {
				t.Errorf("the other process shows %d comments, want 2", page.Count)
			}
			if err := one.kill(); err != nil {
				t.Error(err)
			}
			mustSend(t, two, "comment-3")
			awaitEvent(t, stream, "comment")
			if err := two.stop(); err != nil {
				t.Errorf("stop: %v\n%s", err, two.stderr.String())
			}
			mustPostbag(t, db, "check")
		})
	}
}

func mustSend(t *testing.T, server *process, key string) {
	t.Helper()
	if id, err := (post{key, 0}).send(t.Context(), http.DefaultClient, server.url); err != nil || id == "" {
		t.Fatalf("%s: id %q, %v", key, id, err)
	}
}

// mustFollow opens the stream of the first article. The channel gets the kinds
// of its events, and is closed when the stream ends.
func mustFollow(t *testing.T, base string) <-chan string {
	t.Helper()
	res, err := http.Get(base + "/api/v1/sites/news/stream?url=" + articleURL(0))
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("stream: %s", res.Status)
	}
	t.Cleanup(func() { res.Body.Close() })
	events := make(chan string, 10_000)
	go func() {
		defer close(events)
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- kind
			}
		}
	}()
	return events
}

func awaitEvent(t *testing.T, events <-chan string, kind string) {
	t.Helper()
	for timeout := time.After(30 * time.Second); ; {
		select {
		case got, ok := <-events:
			if !ok {
				t.Fatalf("the stream ended before %q came", kind)
			}
			if got == kind {
				return
			}
		case <-timeout:
			t.Fatalf("no %q came", kind)
		}
	}
}

// addNews makes a site that limits nobody.
func addNews(t *testing.T, db string) {
	t.Helper()
	mustPostbag(t, db, "site", "add", "news", "--name", "News", "--origin", "https://news.example.org", "--rules", "none")
}

// mustPostbag runs the real binary on a database.
func mustPostbag(t *testing.T, db string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), mustBinary(t), append(args, "--db", db)...).CombinedOutput()
	if err != nil {
		t.Fatalf("postbag %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func mustStart(t *testing.T, binary, db string) *process {
	t.Helper()
	server, err := startProcess(exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--db", db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.cmd.Process.Kill() })
	return server
}

// post is a comment on its way.
type post struct {
	key     string
	article int
}

func (p post) body() []byte {
	text, err := json.Marshal(map[string]any{
		"article": map[string]string{"url": articleURL(p.article), "title": "Article"},
		"text":    "Comment " + p.key, "author": map[string]string{"name": "Reader " + p.key}, "key": p.key,
	})
	if err != nil {
		panic(err) // strings can always be written
	}
	return text
}

func articleURL(n int) string { return fmt.Sprintf("https://news.example.org/article-%d", n) }

// send returns the comment's id, empty when no answer came.
func (p post) send(ctx context.Context, client *http.Client, base string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/v1/sites/news/comments", bytes.NewReader(p.body()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return "", nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", nil
	}
	if res.StatusCode != http.StatusCreated && res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", res.Status, text)
	}
	var answer struct{ Comment struct{ ID string } }
	if err := json.Unmarshal(text, &answer); err != nil || answer.Comment.ID == "" {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return answer.Comment.ID, nil
}

// postUntil lets many post at once and ends the server when it has acknowledged
// enough. It returns what was acknowledged and what was not.
func postUntil(t *testing.T, server *process, round int, end func() error) (map[string]string, []post) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: crashPosters}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var wait sync.WaitGroup
	acked, enough := map[string]string{}, make(chan struct{})
	var lost []post
	note := func(p post, id string) bool {
		mu.Lock()
		defer mu.Unlock()
		if id == "" {
			lost = append(lost, p)
			return false
		}
		if acked[p.key] = id; len(acked) == crashAcks {
			close(enough)
		}
		return true
	}
	for poster := range crashPosters {
		wait.Go(func() {
			for n := 0; ; n++ {
				p := post{fmt.Sprintf("round-%d-%d-%d", round, poster, n), (poster + n) % crashArticles}
				id, err := p.send(t.Context(), client, server.url)
				if err != nil {
					t.Error(err)
				}
				if !note(p, id) {
					return
				}
			}
		})
	}
	select {
	case <-enough:
	case <-time.After(time.Minute):
		t.Error("too few comments were acknowledged")
	}
	if err := end(); err != nil {
		t.Errorf("end: %v\n%s", err, server.stderr.String())
	}
	wait.Wait()
	return acked, lost
}

// resend sends what was not answered again, under the same keys.
func resend(t *testing.T, base string, unsure []post, acked map[string]string) {
	t.Helper()
	for _, p := range unsure {
		id, err := p.send(t.Context(), http.DefaultClient, base)
		if err != nil || id == "" {
			t.Fatalf("%s sent again: id %q, %v", p.key, id, err)
		}
		acked[p.key] = id
	}
}

// readAll returns what readers see: comment ids by their text's key.
func readAll(t *testing.T, base string) map[string]string {
	t.Helper()
	seen, faults := readEach(t, base)
	for _, fault := range faults {
		t.Error(fault)
	}
	return seen
}

// readEach is readAll, and what is wrong with it.
func readEach(t *testing.T, base string) (seen map[string]string, faults []string) {
	t.Helper()
	seen = map[string]string{}
	for article := range crashArticles {
		count, cursor, here := 0, "", 0
		for first := true; first || cursor != ""; first = false {
			page := readThread(t, fmt.Sprintf("%s/api/v1/sites/news/thread?limit=100&body=html&url=%s&cursor=%s", base, articleURL(article), cursor))
			for _, c := range page.Comments {
				var key string
				if _, err := fmt.Sscanf(c.Body, "<p>Comment %s", &key); err != nil {
					t.Fatalf("unexpected body %q", c.Body)
				}
				key = key[:len(key)-len("</p>")]
				if other, twice := seen[key]; twice {
					faults = append(faults, fmt.Sprintf("%s is there twice: %s and %s", key, other, c.ID))
				}
				seen[key] = c.ID
				here++
			}
			count, cursor = page.Count, page.Next
		}
		if count != here {
			faults = append(faults, fmt.Sprintf("article %d says it has %d comments, and shows %d", article, count, here))
		}
	}
	return seen, faults
}

type threadPage struct {
	Count    int
	Next     string
	Comments []struct{ ID, Body string }
}

func readThread(t *testing.T, address string) threadPage {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var page threadPage
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, res.Status, err)
	}
	return page
}

func compare(t *testing.T, seen, acked map[string]string) {
	t.Helper()
	for key, id := range acked {
		if seen[key] != id {
			t.Errorf("%s was acknowledged as %s; there is %q", key, id, seen[key])
		}
	}
	if len(seen) != len(acked) {
		t.Errorf("%d comments are there, %d were acknowledged", len(seen), len(acked))
	}
}
