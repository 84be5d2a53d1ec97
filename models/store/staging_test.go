package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"postbag/models/store"
)

func openStaging(t *testing.T) *store.Staging {
	t.Helper()
	dir := t.TempDir()
	s, err := store.OpenStaging(t.Context(), dir, "disqus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("the staging left %v behind (%v)", left, err)
		}
	})
	return s
}

func stagePage(t *testing.T, s *store.Staging) {
	t.Helper()
	fresh, err := s.AddThread(t.Context(), &store.StagedThread{ID: "1", Normal: "news.example/a", Host: "news.example", Own: true})
	if err != nil || !fresh {
		t.Fatalf("add thread: %v, %v", fresh, err)
	}
}

func stagePost(t *testing.T, s *store.Staging, id, parent string) {
	t.Helper()
	p := store.StagedPost{
		ID: id, Thread: "1", Parent: parent, CreatedAt: time.Unix(1, 0), Author: store.StagedAuthor{Key: "ann"}, Text: id,
		Digest: int64(len(id)) << 32, // equal for many posts, which differ in their parents only
	}
	for _, c := range id {
		p.Digest += int64(c)
	}
	if err := s.AddPost(t.Context(), &p); err != nil {
		t.Fatal(err)
	}
}

// readAll returns the posts in pages of a size, as "id<parent".
func readAll(t *testing.T, s *store.Staging, size int) []string {
	t.Helper()
	var all []string
	var place store.StagedPlace
	for {
		posts, next, err := s.Posts(t.Context(), place, size, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(posts) == 0 {
			return all
		}
		for _, p := range posts {
			all = append(all, p.ID+"<"+strings.TrimPrefix(p.Parent, "disqus:"))
		}
		place = next
	}
}

func TestStaging_Order(t *testing.T) {
	tests := map[string]struct{ posts, want string }{
		"as it is":       {"a b<a c d<b", "a< b<a c< d<b"},
		"backwards":      {"d<c c<b b<a a", "a< b<a c<b d<c"},
		"only one moves": {"a b<d c d e<b", "a< c< d< b<d e<b"},
		"circle":         {"a b<d c<b d<c e<d", "a< b< c<b d<c e<d"},
		"itself":         {"a<a b<a", "a< b<a"},
		"two circles":    {"a<b b<a c<d d<c", "a< b<a c< d<c"},
		"not there":      {"a<x b", "a< b<"},
	}
	for name, test := range tests {
		for _, size := range []int{1, 3, 100} {
			t.Run(fmt.Sprintf("%s, pages of %d", name, size), func(t *testing.T) {
				s := openStaging(t)
				stagePage(t, s)
				for _, p := range strings.Fields(test.posts) {
					id, parent, _ := strings.Cut(p, "<")
					stagePost(t, s, id, parent)
				}
				if err := s.Sort(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(readAll(t, s, size), " "); got != test.want {
					t.Errorf("the order is %q, want %q", got, test.want)
				}
			})
		}
	}
}

// TestStaging_Long has a chain of replies from the last post to the first.
func TestStaging_Long(t *testing.T) {
	const n = 3000
	s := openStaging(t)
	stagePage(t, s)
	for i := n; i > 0; i-- {
		parent := ""
		if i > 1 {
			parent = fmt.Sprint(i - 1)
		}
		stagePost(t, s, fmt.Sprint(i), parent)
	}
	if err := s.Sort(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := readAll(t, s, 700)
	for i, p := range all {
		want := fmt.Sprintf("%d<%d", i+1, i)
		if i == 0 {
			want = "1<"
		}
		if p != want {
			t.Fatalf("post %d is %s, want %s", i, p, want)
		}
	}
	if counts, err := s.Counts(t.Context()); err != nil || len(all) != n || counts.Kept != n || counts.Articles != 1 {
		t.Errorf("%d posts, counts %+v, %v", len(all), counts, err)
	}
}

func TestStaging_RepeatedThread(t *testing.T) {
	s := openStaging(t)
	stagePage(t, s)
	fresh, err := s.AddThread(t.Context(), &store.StagedThread{ID: "1", Normal: "news.example/b", Host: "news.example"})
	if err != nil || fresh {
		t.Errorf("the same thread again: %v, %v", fresh, err)
	}
}
