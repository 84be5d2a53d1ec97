package moderation_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// login is a bench whose site signs readers in.
type login struct {
	*desk
	keys models.SSO
}

func newLogin(tb testing.TB) *login {
	tb.Helper()
	l := &login{desk: newDesk(tb)}
	l.configure(tb, moderation.SSOPatch{})
	return l
}

func (l *login) configure(tb testing.TB, p moderation.SSOPatch) {
	tb.Helper()
	var err error
	if l.keys, err = l.ConfigureSSO(tb.Context(), l.anna, "news", p); err != nil {
		tb.Fatal(err)
	}
}

// payload is what a page bears that was made now.
func (l *login) payload(profile map[string]any) string {
	content, err := json.Marshal(profile)
	if err != nil {
		panic(err)
	}
	signed := fmt.Sprintf("%s %d", base64.StdEncoding.EncodeToString(content), l.clock().Unix())
	h := hmac.New(sha1.New, []byte(l.keys.Secret))
	h.Write([]byte(signed))
	message, stamp, _ := strings.Cut(signed, " ")
	return message + " " + hex.EncodeToString(h.Sum(nil)) + " " + stamp
}

// token signs a reader in and returns the session's token, "" when nobody is
// signed in.
func (l *login) token(tb testing.TB, payload string) string {
	tb.Helper()
	session, ok, err := l.SignIn(tb.Context(), "news", moderation.SignIn{Payload: payload})
	if err != nil || ok != (session.Token != "") {
		tb.Fatalf("sign in: %+v, %v, %v", session, ok, err)
	}
	return session.Token
}

func (l *login) ada(tb testing.TB) string {
	tb.Helper()
	return l.token(tb, l.payload(map[string]any{"id": 42, "username": "Ada", "email": "ada@example.org", "avatar": "https://news.example/ada.png"}))
}

// write posts a comment with a token.
func (l *login) write(tb testing.TB, token, text string) models.Comment {
	tb.Helper()
	r, err := l.Submit(tb.Context(), moderation.Submission{Site: "news", Article: article("story"), Text: text, Name: "Rita", Token: token, Addr: addr(1)})
	if err != nil {
		tb.Fatal(err)
	}
	l.tokens[r.Comment.PublicID()] = r.EditToken
	return r.Comment
}

func (l *login) author(tb testing.TB, c models.Comment) models.Author {
	tb.Helper()
	return l.look(tb, c.PublicID()).Author
}

// What a site says is made fit to be shown, or left out.
func TestProfile(t *testing.T) {
	l := newLogin(t)
	long := strings.Repeat("x", 600)
	for name, test := range map[string]struct {
		in   map[string]any
		want models.Reader // none when the ID is empty
	}{
		"all of it": {
			map[string]any{"id": 42, "username": "Ada", "email": "ada@example.org", "avatar": "https://news.example/ä b.png", "url": "http://news.example/u?id=1"},
			models.Reader{ID: "42", Name: "Ada", Email: "ada@example.org", Avatar: "https://news.example/%C3%A4%20b.png", URL: "http://news.example/u?id=1"},
		},
		"only an id":          {map[string]any{"id": " user-1 "}, models.Reader{ID: "user-1"}},
		"turned text":         {map[string]any{"id": "1", "username": "\u202eadA\u202c \u2066x\u2069\ufeff\u200f"}, models.Reader{ID: "1", Name: "adA x"}},
		"lines and controls":  {map[string]any{"id": "1", "username": " A\n\tda\u0000\u001b[31m\u2028"}, models.Reader{ID: "1", Name: "A da[31m"}},
		"joined letters":      {map[string]any{"id": "1", "username": "نام\u200cها"}, models.Reader{ID: "1", Name: "نام\u200cها"}},
		"nothing to see":      {map[string]any{"id": "1", "username": "\u200b\u3164\u2800"}, models.Reader{ID: "1"}},
		"60 characters":       {map[string]any{"id": "1", "username": strings.Repeat("é", 60)}, models.Reader{ID: "1", Name: strings.Repeat("é", 60)}},
		"61 characters":       {map[string]any{"id": "1", "username": strings.Repeat("é", 61)}, models.Reader{ID: "1", Name: strings.Repeat("é", 60)}},
		"not an e-mail":       {map[string]any{"id": "1", "email": "Ada <ada@example.org>"}, models.Reader{ID: "1"}},
		"two e-mails":         {map[string]any{"id": "1", "email": "a@example.org\r\nBcc: b@example.org"}, models.Reader{ID: "1"}},
		"script as a picture": {map[string]any{"id": "1", "avatar": "javascript:alert(1)", "url": "data:text/html,x"}, models.Reader{ID: "1"}},
		"no host":             {map[string]any{"id": "1", "avatar": "//news.example/a.png", "url": "/u/1"}, models.Reader{ID: "1"}},
		"user in an address":  {map[string]any{"id": "1", "avatar": "https://bank.example@evil.example/", "url": "https://"}, models.Reader{ID: "1"}},
		"long addresses":      {map[string]any{"id": "1", "avatar": "https://news.example/" + long, "url": "https://news.example/" + strings.Repeat("é", 200)}, models.Reader{ID: "1"}},
		"200 characters":      {map[string]any{"id": strings.Repeat("é", 200)}, models.Reader{ID: strings.Repeat("é", 200)}},
		"201 characters":      {map[string]any{"id": strings.Repeat("é", 201)}, models.Reader{}},
		"control in the id":   {map[string]any{"id": "a\u0000b"}, models.Reader{}},
	} {
		session, ok, err := l.SignIn(t.Context(), "news", moderation.SignIn{Payload: l.payload(test.in)})
		if err != nil || ok != (test.want.ID != "") || session.Reader != test.want {
			t.Errorf("%s:\n got %+v, %v, %v\nwant %+v", name, session.Reader, ok, err, test.want)
		}
	}
}

func TestSignedInAuthor(t *testing.T) {
	l := newLogin(t)
	guest := l.write(t, "", "As a guest.")
	c := l.write(t, l.ada(t), "Signed in.")
	if c.AuthorName != "Ada" || c.Badge != models.BadgeMember || c.Avatar != "https://news.example/ada.png" {
		t.Errorf("comment by %q, badge %q, avatar %q", c.AuthorName, c.Badge, c.Avatar)
	}
	a := l.author(t, c)
	if a.Kind != "sso" || a.Key != "sso:42" || a.Email != "ada@example.org" || a.ID == guest.AuthorID || guest.Badge != "" {
		t.Errorf("author %+v, guest %+v", a, guest)
	}
	// The same id has another name now, and is the same author.
	renamed := l.write(t, l.token(t, l.payload(map[string]any{"id": "42", "username": "Ada Lovelace"})), "Under a new name.")
	if b := l.author(t, renamed); b.ID != a.ID || b.Name != "Ada Lovelace" || b.Email != "" || b.Avatar != "" || b.Approved != 2 {
		t.Errorf("renamed author %+v", b)
	}
	if before := l.look(t, c.PublicID()).Comment; before.AuthorName != "Ada" || before.Avatar == "" {
		t.Errorf("earlier comment by %q, avatar %q", before.AuthorName, before.Avatar)
	}
	// The edit token of a comment makes no guest its author's like.
	left := l.write(t, l.tokens[renamed.PublicID()], "Signed out again.")
	if b := l.author(t, left); b.Kind != "guest" || left.Badge != "" || left.AuthorName != "Rita" {
		t.Errorf("signed out: author %+v, badge %q", b, left.Badge)
	}
	if problems, err := l.Check(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("check: %+v, %v", problems, err)
	}
}

// A name that the site sends is judged like one that a guest gives, and what
// moderators decide of an author holds for one who is signed in.
func TestSignedInAuthorIsJudged(t *testing.T) {
	l := newLogin(t)
	if c := l.write(t, l.token(t, l.payload(map[string]any{"id": "5", "username": "dubious"})), "Fine words."); c.Status != models.Pending {
		t.Errorf("dubious name: %v", c.Status)
	}
	c := l.write(t, l.ada(t), "First.")
	_, err := l.Sanction(t.Context(), l.anna, models.AuthorID.Format(c.AuthorID), "ban", time.Time{}, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Submit(t.Context(), moderation.Submission{Site: "news", Article: article("story"), Text: "Again.", Token: l.ada(t), Addr: addr(200)})
	refusal(t, err, models.CodeBanned)
	l.write(t, "", "A guest is not banned by it.")
}

// A session is for one site, one day and one secret, and cannot be made by
// others.
func TestSession(t *testing.T) {
	l := newLogin(t)
	if _, err := l.AddSite(t.Context(), moderation.NewSite{Key: "shop", Name: "Shop", Origins: []string{"https://news.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	try := func(site, token string) error {
		_, err := l.Submit(t.Context(), moderation.Submission{Site: site, Article: article("story"), Text: "Words.", Token: token, Addr: addr(1)})
		return err
	}
	token := l.ada(t)
	if err := try("news", token); err != nil {
		t.Fatal(err)
	}
	body, mac, _ := strings.Cut(strings.TrimPrefix(token, "reader."), ".")
	claims, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	root := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(claims), `"42"`, `"1"`, 1)))
	for name, forged := range map[string]string{
		"another id": "reader." + root + "." + mac, "no signature": "reader." + body, "empty": "reader.", "dots": "reader...", "cut": token[:len(token)-1],
		"an edit token's signature": "reader." + body + "." + l.tokens[l.say(t, "x")][4:], "long": "reader." + strings.Repeat("A", 10_000) + "." + mac,
	} {
		if err := try("news", forged); models.CodeOf(err) != models.CodeUnauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := try("shop", token); models.CodeOf(err) != models.CodeUnauthorized {
		t.Errorf("at another site: %v", err)
	}
	l.advance(moderation.SessionTime - time.Second)
	if err := try("news", token); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	l.advance(time.Second)
	if err := try("news", token); models.CodeOf(err) != models.CodeUnauthorized {
		t.Errorf("after a day: %v", err)
	}
	no, yes := false, true
	token = l.ada(t)
	l.configure(t, moderation.SSOPatch{Enabled: &no})
	if err := try("news", token); models.CodeOf(err) != models.CodeUnauthorized {
		t.Errorf("switched off: %v", err)
	}
	if l.ada(t) != "" {
		t.Error("signed in although it is off")
	}
	l.configure(t, moderation.SSOPatch{Enabled: &yes})
	if err := try("news", token); err != nil {
		t.Errorf("switched on again: %v", err)
	}
}

// With a new secret sessions end, and payloads of the old one run out.
func TestRotate(t *testing.T) {
	l := newLogin(t)
	old, token := l.payload(map[string]any{"id": "42"}), l.ada(t)
	l.configure(t, moderation.SSOPatch{Rotate: true})
	if l.keys.Generation != 2 || l.keys.Earlier == "" || l.keys.Earlier == l.keys.Secret || len(l.keys.Secret) != 64 {
		t.Errorf("keys %+v", l.keys)
	}
	_, err := l.Submit(t.Context(), moderation.Submission{Site: "news", Article: article("story"), Text: "Words.", Token: token, Addr: addr(1)})
	refusal(t, err, models.CodeUnauthorized)
	if l.ada(t) == "" || l.token(t, old) == "" {
		t.Error("one of the secrets does not hold")
	}
	session, _, err := l.SignIn(t.Context(), "news", moderation.SignIn{Payload: old})
	if err != nil || !session.ExpiresAt.Equal(l.keys.EarlierUntil) {
		t.Errorf("a session by the old secret lasts until %v, want %v (%v)", session.ExpiresAt, l.keys.EarlierUntil, err)
	}
	before := *l
	l.advance(moderation.DefaultMaxAge)
	if l.token(t, before.payload(map[string]any{"id": "42"})) == "" && l.ada(t) == "" {
		t.Error("the new secret does not hold any more")
	}
	l.configure(t, moderation.SSOPatch{Rotate: true})
	leaked := *l
	l.configure(t, moderation.SSOPatch{Rotate: true, AtOnce: true})
	if l.token(t, leaked.payload(map[string]any{"id": "42"})) != "" {
		t.Error("a secret that ended at once still signs in")
	}
}

func TestTakeKeysOver(t *testing.T) {
	l := newLogin(t)
	secret, key := "E8Uh5l5fHZ6gD8U3KycjAIAk46f68Zw7C6eW8WSjZvCLXebZ7p0r1yrYDrLilk2F", "Y1S1wGIzdc63qnZ5rhHfjqEABGA4ZTDncauWFFWWTUBqkmLjdxloTb7ilhGnZ7z1"
	l.configure(t, moderation.SSOPatch{Secret: &secret, APIKey: &key})
	if l.keys.Secret != secret || l.keys.APIKey != key || l.ada(t) == "" {
		t.Errorf("keys %+v", l.keys)
	}
	again := l.keys
	l.configure(t, moderation.SSOPatch{Secret: &secret, APIKey: &key}) // changes nothing
	if l.keys != again {
		t.Errorf("keys %+v, want %+v", l.keys, again)
	}
	session, ok, err := l.SignIn(t.Context(), "news", moderation.SignIn{Payload: l.payload(map[string]any{"id": "1"}), APIKey: strings.ToLower(key)})
	if err != nil || ok {
		t.Errorf("another API key: %+v, %v, %v", session, ok, err)
	}
	if shown, err := l.SSO(t.Context(), "news"); err != nil || shown.Secret != "" || shown.Earlier != "" || shown.APIKey != key {
		t.Errorf("settings %+v, %v", shown, err)
	}
	page, err := l.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "sso"})
	if err != nil || len(page.Notes) != 2 || page.Notes[0].ModeratorName != "Anna" || strings.Contains(fmt.Sprint(page.Notes), secret) {
		t.Errorf("log %+v, %v", page.Notes, err)
	}
	for name, test := range map[string]struct {
		patch moderation.SSOPatch
		field string
	}{
		"empty":     {moderation.SSOPatch{Secret: ptr("")}, "secret"},
		"long":      {moderation.SSOPatch{Secret: ptr(strings.Repeat("x", 257))}, "secret"},
		"two lines": {moderation.SSOPatch{Secret: ptr("12345678\n12345678")}, "secret"},
		"both":      {moderation.SSOPatch{Secret: &secret, Rotate: true}, "secret"},
		"key":       {moderation.SSOPatch{APIKey: ptr("a b")}, "api_key"},
		"no key":    {moderation.SSOPatch{APIKey: ptr("")}, "api_key"},
		"too young": {moderation.SSOPatch{MaxAge: ptr(time.Minute - time.Second)}, "max_age"},
		"too old":   {moderation.SSOPatch{MaxAge: ptr(30*24*time.Hour + time.Second)}, "max_age"},
		"behind":    {moderation.SSOPatch{Skew: ptr(-time.Second)}, "skew"},
		"ahead":     {moderation.SSOPatch{Skew: ptr(24*time.Hour + time.Second)}, "skew"},
	} {
		_, err := l.ConfigureSSO(t.Context(), l.anna, "news", test.patch)
		if r := refusal(t, err, models.CodeInvalid); r.Fields[0].Field != test.field {
			t.Errorf("%s: %+v", name, r)
		}
	}
	_, err = l.ConfigureSSO(t.Context(), l.anna, "none", moderation.SSOPatch{})
	refusal(t, err, models.CodeNotFound)
}

func ptr[T any](v T) *T { return &v }

// The author changes and withdraws comments from any browser; nobody else does.
func TestOwnComments(t *testing.T) {
	l := newLogin(t)
	gone := l.write(t, l.ada(t), "Gone.")
	if err := l.Withdraw(t.Context(), gone.PublicID(), l.ada(t)); err != nil {
		t.Fatal(err)
	}
	public, held := l.write(t, l.ada(t), "Public."), l.write(t, l.ada(t), "A dubious thing.")
	other := l.token(t, l.payload(map[string]any{"id": "43", "username": "Ada", "email": "ada@example.org"}))
	l.write(t, other, "Another's.")
	own := func(token, id string) string {
		list, err := l.OwnComments(t.Context(), "news", token, article(id))
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, c := range list {
			texts = append(texts, c.Text)
		}
		return strings.Join(texts, " ")
	}
	if got := own(l.ada(t), "story"); got != "Public. A dubious thing." {
		t.Errorf("own comments: %q", got)
	}
	if got := own(l.ada(t), "other") + own(l.token(t, l.payload(map[string]any{"id": "9"})), "story"); got != "" {
		t.Errorf("own comments elsewhere: %q", got)
	}
	for _, token := range []string{"", "c1.abc"} {
		_, err := l.OwnComments(t.Context(), "news", token, article("story"))
		refusal(t, err, models.CodeUnauthorized)
	}
	r, err := l.Edit(t.Context(), public.PublicID(), l.ada(t), "Public, and better.", addr(9))
	if err != nil || r.Comment.Text != "Public, and better." || r.EditToken != l.tokens[public.PublicID()] {
		t.Errorf("edit: %+v, %v", r, err)
	}
	_, err = l.Edit(t.Context(), public.PublicID(), other, "Theirs.", addr(9))
	refusal(t, err, models.CodeForbidden)
	refusal(t, l.Withdraw(t.Context(), held.PublicID(), other), models.CodeForbidden)
	refusal(t, l.Withdraw(t.Context(), held.PublicID(), "reader.x.y"), models.CodeUnauthorized)
	if err := l.Withdraw(t.Context(), held.PublicID(), l.ada(t)); err != nil {
		t.Error(err)
	}
}

// Whoever is signed in has one like and one report, from whatever address.
func TestOneVote(t *testing.T) {
	l := newLogin(t)
	id := l.say(t, "Words.")
	like := func(token string, from byte) int {
		n, err := l.Like(t.Context(), id, true, moderation.Visitor{Addr: addr(from), Token: token})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	ada := l.ada(t)
	if like(ada, 1) != 1 || like(ada, 2) != 1 || like("", 1) != 2 || like(l.token(t, l.payload(map[string]any{"id": "43"})), 1) != 3 {
		t.Error("likes are not counted by reader")
	}
	for from := range byte(3) {
		if err := l.Report(t.Context(), id, "spam", "", moderation.Visitor{Addr: addr(from + 1), Token: ada}); err != nil {
			t.Fatal(err)
		}
	}
	if c := l.look(t, id).Comment; c.Reports != 1 || c.Likes != 3 {
		t.Errorf("%d reports, %d likes", c.Reports, c.Likes)
	}
	_, err := l.Like(t.Context(), id, true, moderation.Visitor{Addr: addr(1), Token: "reader.x.y"})
	refusal(t, err, models.CodeUnauthorized)
}

// Another process learns of new keys at once, on both databases.
func TestKeysInTwoProcesses(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"SQLite":     storetest.Migrated,
		"PostgreSQL": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBenchAt(t, address(t), false)
			l := &login{desk: &desk{bench: b, tokens: map[string]string{}}}
			other := b.another(t)
			for range 2 {
				l.configure(t, moderation.SSOPatch{Rotate: true, AtOnce: true})
				payload := l.payload(map[string]any{"id": "42", "username": "Ada"})
				eventually(t, "the other process knows the keys", func() bool {
					_, ok, err := other.SignIn(t.Context(), "news", moderation.SignIn{Payload: payload})
					return err == nil && ok
				})
			}
			session, _, _ := other.SignIn(t.Context(), "news", moderation.SignIn{Payload: l.payload(map[string]any{"id": "42", "username": "Ada"})})
			c := l.write(t, session.Token, "A session of the other process.")
			list, err := other.OwnComments(t.Context(), "news", session.Token, article("story"))
			if err != nil || len(list) != 1 || list[0].ID != c.ID || list[0].Badge != models.BadgeMember {
				t.Errorf("own comments %+v, %v", list, err)
			}
		})
	}
}
