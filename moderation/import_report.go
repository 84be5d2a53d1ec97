package moderation

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Bounds of the lists in a report.
const (
	maxImportProblems = 10_000
	maxImportThreads  = 10_000 // articles in each list
	maxImportImages   = 10_000
)

// ImportReport says what is in a file and what became of it. The classes of
// posts add up to their total, and describe the file however often it is
// imported.
type ImportReport struct {
	DryRun    bool
	Import    string // public id of the run, by which it can be undone; empty for a dry run
	Posts     ImportedPosts
	Added     int // comments that this import stored, or would store
	Unchanged int // comments that were there already
	Skipped   int // posts left out because of OriginsOnly
	Threads   ImportedThreads
	Images    []ImportedImage // on Disqus's servers, at most 10,000
	Problems  []ImportProblem // by line, at most 10,000

	ImagesOmitted, ProblemsOmitted int // how many more there are
}

// ImportedPosts are the posts of a file by class. A post is in the first class
// that fits, in the order failed, orphaned, deleted, spam, duplicate, then
// pending or approved.
type ImportedPosts struct {
	Total, Failed, Orphaned, Deleted, Spam, Duplicate, Pending, Approved int
}

// ImportedThreads are the threads of a file.
type ImportedThreads struct {
	Total    int
	Articles int // that have at least one stored post
	Empty    int // articles without one; stored only when closed
	Closed   int
	Merged   []ImportedArticle // articles of more than one thread, at most 10,000
	Foreign  []ImportedArticle // on hosts outside the site's origins, at most 10,000

	MergedOmitted, ForeignOmitted int

	ByArticle     []ArticlePosts // the 10,000 with the most posts
	OtherArticles int            // how many more have posts
	Others        ImportedPosts  // of those
}

// ImportedArticle is an article that threads of a file were joined to.
type ImportedArticle struct {
	ID      string // identifier, or empty
	URL     string
	Posts   int      // to be stored
	Threads []string // ids in the file, at most 100
}

// ImportedImage is a picture in a post that stays where it is, on the servers of
// the system that the site leaves. The comment links to it.
type ImportedImage struct {
	Line int // of the post
	ID   string
	URL  string
}

// ImportProblem is a record that was left out or changed, and why.
type ImportProblem struct {
	Line   int // in the unpacked file
	ID     string
	Code   string
	Detail string // a sentence
}

func (r *ImportReport) addProblem(p ImportProblem) {
	if len(r.Problems) >= maxImportProblems {
		r.ProblemsOmitted++
		return
	}
	r.Problems = append(r.Problems, p)
}

type reportWire struct {
	DryRun bool   `json:"dry_run"`
	Import string `json:"import"`
	Posts  struct {
		postsWire
		Orphaned int `json:"orphaned"`
		Failed   int `json:"failed"`
	} `json:"posts"`
	Pending   int `json:"pending"` // of the approved, those that wait for a moderator
	Added     int `json:"added"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
	Threads   struct {
		Total          int           `json:"total"`
		Articles       int           `json:"articles"`
		Empty          int           `json:"empty"`
		Merged         []articleWire `json:"merged"`
		MergedOmitted  int           `json:"merged_omitted"`
		Foreign        []articleWire `json:"foreign"`
		ForeignOmitted int           `json:"foreign_omitted"`
		Closed         int           `json:"closed"`
		ByArticle      []tallyWire   `json:"by_article"`
		OtherArticles  int           `json:"other_articles"`
		Others         postsWire     `json:"others"`
	} `json:"threads"`
	Images          []imageWire   `json:"images"`
	ImagesOmitted   int           `json:"images_omitted"`
	Problems        []problemWire `json:"problems"`
	ProblemsOmitted int           `json:"problems_omitted"`
}

// postsWire are classes of posts. Approved ones are what is left when all others
// are counted, so pending ones are among them.
type postsWire struct {
	Total     int `json:"total"`
	Approved  int `json:"approved"`
	Deleted   int `json:"deleted"`
	Spam      int `json:"spam"`
	Duplicate int `json:"duplicate"`
}

type tallyWire struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	Threads int    `json:"threads"`
	postsWire
	Pending int `json:"pending"`
}

type articleWire struct {
	ID      string   `json:"id"`
	URL     string   `json:"url"`
	Posts   int      `json:"posts"`
	Threads []string `json:"threads"`
}

type imageWire struct {
	Line int    `json:"line"`
	ID   string `json:"id"`
	URL  string `json:"url"`
}

type problemWire struct {
	Line   int    `json:"line"`
	ID     string `json:"id"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// JSON writes the report for programs.
func (r *ImportReport) JSON() ([]byte, error) {
	w := reportWire{
		DryRun: r.DryRun, Import: r.Import, Pending: r.Posts.Pending, Added: r.Added, Unchanged: r.Unchanged, Skipped: r.Skipped,
		Images: make([]imageWire, len(r.Images)), ImagesOmitted: r.ImagesOmitted, Problems: make([]problemWire, len(r.Problems)), ProblemsOmitted: r.ProblemsOmitted,
	}
	w.Posts.postsWire, w.Posts.Orphaned, w.Posts.Failed = newPostsWire(&r.Posts), r.Posts.Orphaned, r.Posts.Failed
	t := &w.Threads
	t.ByArticle, t.OtherArticles, t.Others = talliesWire(r.Threads.ByArticle), r.Threads.OtherArticles, newPostsWire(&r.Threads.Others)
	t.Total, t.Articles, t.Empty, t.Closed = r.Threads.Total, r.Threads.Articles, r.Threads.Empty, r.Threads.Closed
	t.Merged, t.MergedOmitted = articlesWire(r.Threads.Merged), r.Threads.MergedOmitted
	t.Foreign, t.ForeignOmitted = articlesWire(r.Threads.Foreign), r.Threads.ForeignOmitted
	for i, image := range r.Images {
		w.Images[i] = imageWire(image)
	}
	for i, problem := range r.Problems {
		w.Problems[i] = problemWire(problem)
	}
	return json.MarshalIndent(w, "", "  ")
}

func articlesWire(articles []ImportedArticle) []articleWire {
	list := make([]articleWire, len(articles))
	for i, a := range articles {
		list[i] = articleWire(a)
	}
	return list
}

// maxTextLines bounds each list of the report for people.
const maxTextLines = 20

// WriteText writes the report for people.
func (r *ImportReport) WriteText(w io.Writer) error {
	var b strings.Builder
	verb := "added"
	if r.DryRun {
		b.WriteString("Dry run: nothing was written.\n")
		verb = "to be added"
	}
	fmt.Fprintf(&b, "%s in the file:\n", plural(r.Posts.Total, "post", "posts"))
	for _, class := range []struct {
		n    int
		name string
	}{
		{r.Posts.Approved, "approved"}, {r.Posts.Pending, "pending"}, {r.Posts.Deleted, "deleted"}, {r.Posts.Spam, "spam"},
		{r.Posts.Duplicate, "duplicate, stored once"}, {r.Posts.Orphaned, "orphaned, their page is not known"}, {r.Posts.Failed, "failed, could not be read"},
	} {
		if class.n > 0 {
			fmt.Fprintf(&b, "%10d  %s\n", class.n, class.name)
		}
	}
	fmt.Fprintf(&b, "%s %s, %d unchanged", plural(r.Added, "comment", "comments"), verb, r.Unchanged)
	if r.Skipped > 0 {
		fmt.Fprintf(&b, ", %d skipped on other hosts", r.Skipped)
	}
	fmt.Fprintf(&b, ".\n%s became %s; %d closed, %s without comments.\n", plural(r.Threads.Total, "thread", "threads"),
		plural(r.Threads.Articles, "article", "articles"), r.Threads.Closed, plural(r.Threads.Empty, "page", "pages"))
	r.writeLists(&b)
	if r.Import != "" {
		fmt.Fprintf(&b, "This was import %[1]s. To take it back: postbag import undo %[1]s\n", r.Import)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *ImportReport) writeLists(b *strings.Builder) {
	writeArticles(b, "made of several threads", r.Threads.Merged, r.Threads.MergedOmitted)
	writeArticles(b, "on hosts outside the site's origins", r.Threads.Foreign, r.Threads.ForeignOmitted)
	if n := len(r.Images) + r.ImagesOmitted; n > 0 {
		fmt.Fprintf(b, "%s on Disqus's servers, gone when the account is closed; --json lists them.\n", plural(n, "picture stays", "pictures stay"))
	}
	if len(r.Problems) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", plural(len(r.Problems)+r.ProblemsOmitted, "problem", "problems"))
	for i, p := range r.Problems {
		if i == maxTextLines {
			fmt.Fprintf(b, "  and %d more; --json lists them.\n", len(r.Problems)-i+r.ProblemsOmitted)
			break
		}
		fmt.Fprintf(b, "  line %d: %s\n", p.Line, strings.TrimSpace(p.ID+" "+p.Code)+". "+p.Detail)
	}
}

func writeArticles(b *strings.Builder, what string, articles []ImportedArticle, omitted int) {
	if len(articles) == 0 {
		return
	}
	fmt.Fprintf(b, "%s %s:\n", plural(len(articles)+omitted, "article", "articles"), what)
	for i, a := range articles {
		if i == maxTextLines {
			fmt.Fprintf(b, "  and %d more; --json lists them.\n", len(articles)-i+omitted)
			break
		}
		name := a.URL
		if name == "" {
			name = a.ID
		}
		fmt.Fprintf(b, "  %q: %s\n", name, plural(a.Posts, "comment", "comments"))
	}
}

// plural writes a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
