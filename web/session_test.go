package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

const sessionPath = "/api/v1/sites/news/session"

// keys makes the keys by which the site signs readers in.
func (r *rig) keys(p moderation.SSOPatch) models.SSO {
	r.Helper()
	sso, err := r.service.ConfigureSSO(r.Context(), r.admin, "news", p)
	r.must(err)
	return sso
}

// payload is a remote_auth_s3 payload made at a time.
func payload(secret, content string, at time.Time) string {
	signed := fmt.Sprintf("%s %d", base64.StdEncoding.EncodeToString([]byte(content)), at.Unix())
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(signed))
	message, stamp, _ := strings.Cut(signed, " ")
	return message + " " + hex.EncodeToString(h.Sum(nil)) + " " + stamp
}

func jwt(secret, claims string) string {
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// session signs in and returns the token.
func (x *exchange) session(secret, content string) string {
	x.Helper()
	return x.as("", 200, "POST", sessionPath, obj{"remote_auth_s3": payload(secret, content, time.Now())})["token"].(string)
}

// signIn is the part of the conversation in which readers are signed in.
func (x *exchange) signIn() {
	x.Helper()
	own := sessionPath + "/comments?id=story"
	x.as("", 200, "POST", sessionPath, obj{"remote_auth_s3": "x", "api_key": "y"})
	sso := x.keys(moderation.SSOPatch{})
	token := x.session(sso.Secret, `{"id":7,"username":"Ada","email":"ada@example.org","avatar":"https://news.example/a.png","url":"https://news.example/u/7"}`)
	x.as("", 200, "POST", sessionPath, obj{"jwt": jwt(sso.Secret, fmt.Sprintf(`{"sub":"7","iat":%d}`, time.Now().Unix())), "api_key": sso.APIKey})
	x.as("", 422, "POST", sessionPath, `{"api_key":"\ud800"}`)
	x.as(token, 200, "GET", own, nil)
	posted := x.as(token, 201, "POST", postPath, obj{"article": obj{"id": "story", "url": articleURL}, "text": "Signed in.", "author": obj{"name": "Somebody else"}})
	if by := posted["comment"].(obj)["author"].(obj); by["name"] != "Ada" || by["badge"] != "member" || by["avatar"] != "https://news.example/a.png" {
		x.Errorf("author %v", by)
	}
	list := x.as(token, 200, "GET", own, nil)["comments"].([]any)
	if len(list) != 1 || list[0].(obj)["id"] != id(posted) {
		x.Errorf("own comments %v", list)
	}
	comment := "/api/v1/comments/" + id(posted)
	x.as(token, 200, "PATCH", comment, obj{"text": "Signed in, and better."})
	x.as(token, 200, "PUT", comment+"/like", nil)
	x.as(token, 204, "DELETE", comment, nil)
	x.as("", 401, "GET", own, nil)
	x.as(token, 403, "GET", sessionPath+"/comments?url=https://evil.example/", nil)
	x.as(token, 422, "GET", sessionPath+"/comments", nil)
	bad := token[:len(token)-4] + "AAAA"
	mine := x.post(201, "A guest's.", nil)
	comment = "/api/v1/comments/" + id(mine)
	x.as(bad, 401, "POST", postPath, obj{"article": obj{"id": "story"}, "text": "Forged."})
	x.as(bad, 401, "PUT", comment+"/like", nil)
	x.as(bad, 401, "DELETE", comment+"/like", nil)
	x.as(bad, 401, "POST", comment+"/reports", obj{"reason": "spam"})
	x.as(bad, 401, "PATCH", comment, obj{"text": "Forged."})
	x.as(token, 403, "PATCH", comment, obj{"text": "Not mine."})
	x.as(mine["edit_token"].(string), 204, "DELETE", comment, nil)
}

// Nobody is signed in by what is wrong, and that is no error.
func TestNobodySignedIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const ada = `{"id":"7","username":"Ada"}`
	none := r.do(request{method: "POST", path: sessionPath, body: obj{"remote_auth_s3": payload("whatever", ada, time.Now())}})
	if none.status != 200 || strings.TrimSpace(none.body) != `{"reader":null,"token":null}` {
		t.Errorf("no keys: %d %s", none.status, none.body)
	}
	sso := r.keys(moderation.SSOPatch{})
	_, err := r.service.AddSite(t.Context(), moderation.NewSite{Key: "shop", Name: "Shop", Origins: []string{"https://shop.example"}})
	r.must(err)
	other, err := r.service.ConfigureSSO(t.Context(), r.admin, "shop", moderation.SSOPatch{})
	r.must(err)
	now := time.Now()
	for name, body := range map[string]any{
		"nothing":                    obj{},
		"empty":                      obj{"remote_auth_s3": "", "api_key": sso.APIKey},
		"null":                       obj{"remote_auth_s3": nil, "api_key": nil},
		"noise":                      obj{"remote_auth_s3": "a b c"},
		"signed out":                 obj{"remote_auth_s3": payload(sso.Secret, "{}", now)},
		"stale":                      obj{"remote_auth_s3": payload(sso.Secret, ada, now.Add(-3*time.Hour))},
		"tampered":                   obj{"remote_auth_s3": "e" + payload(sso.Secret, ada, now)[1:] + "0"},
		"another site's":             obj{"remote_auth_s3": payload(other.Secret, ada, now)},
		"another site's key":         obj{"remote_auth_s3": payload(sso.Secret, ada, now), "api_key": other.APIKey},
		"the API key for the secret": obj{"remote_auth_s3": payload(sso.APIKey, ada, now)},
		"long":                       obj{"remote_auth_s3": strings.Repeat("a", 9000)},
		"token":                      obj{"jwt": "e30.e30.e30"},
	} {
		got := r.do(request{method: "POST", path: sessionPath, body: body})
		if got.status != 200 || strings.TrimSpace(got.body) != `{"reader":null,"token":null}` {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	for name, body := range map[string]any{
		"with the key": obj{"remote_auth_s3": payload(sso.Secret, ada, now), "api_key": sso.APIKey},
		"without it":   obj{"remote_auth_s3": payload(sso.Secret, ada, now)},
	} {
		r.queries.take()
		got := r.do(request{method: "POST", path: sessionPath, body: body})
		if got.status != 200 || !strings.Contains(got.body, `"reader":{"id":"7","name":"Ada","avatar":null,"url":null}`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if n := r.queries.take(); n != 0 {
			t.Errorf("%s: %d queries, want none", name, n)
		}
	}
	if got := r.do(request{method: "POST", path: "/api/v1/sites/none/session", body: obj{}}); got.status != http.StatusNotFound {
		t.Errorf("unknown site: %d", got.status)
	}
	if strings.Contains(r.log.String(), sso.Secret) {
		t.Error("the secret is in the log")
	}
}

// The thread says whether guests may write, and changes with the setting.
func TestMembersOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := "/api/v1/sites/news/thread?" + url.Values{"url": {articleURL}}.Encode()
	guests := func() string { return r.do(request{path: path}).body }
	if body := guests(); !strings.Contains(body, `"guests":true`) {
		t.Errorf("at first: %s", body)
	}
	yes := true
	r.keys(moderation.SSOPatch{MembersOnly: &yes})
	page := r.get("/thread/news?url=" + articleURL)
	if page.wantPage(t, 200, "Only readers who are signed in to The News"); strings.Contains(page.body, "<form") || strings.Contains(page.body, "reply=") {
		t.Error("the page without JavaScript offers a form that is refused")
	}
	r.form(r.browser(), "/thread/news?url="+articleURL, "url", articleURL, "text", "My long thoughts").wantPage(t, 401, "My long thoughts</textarea>")
	if body := guests(); !strings.Contains(body, `"guests":false`) {
		t.Errorf("members only: %s", body)
	}
	got := r.do(request{method: "POST", path: postPath, body: obj{"article": obj{"url": articleURL}, "text": "A guest's."}})
	if got.status != 401 || !strings.Contains(got.body, "Sign in on this site to comment.") {
		t.Errorf("guest: %d %s", got.status, got.body)
	}
}
