package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// integrationSignIn are pages whose site signs its readers in.
func integrationSignIn() []integration {
	return []integration{
		{"react-19", signedInThrough("onIdentify")},
		{"react-16", signedInThrough("onIdentify")},
		{"vue-disqus", signedInThrough("")},
		{"gatsby-plugin-disqus", signedInThrough("")},
		{"wordpress", signsInAtWordPress},
	}
}

// signs gives the site a secret to sign with.
func (p *platforms) signs() {
	p.t.Helper()
	sso, err := p.service.ConfigureSSO(context.Background(), models.Moderator{}, "news", moderation.SSOPatch{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.secret, p.publicKey = sso.Secret, sso.APIKey
}

// sso is what a page says of its reader, in JavaScript: Ada with ?sso=in or when
// she has been to the sign-in, nobody otherwise, as PHP signs nobody.
func (p *platforms) sso(r *http.Request) string {
	if p.secret == "" {
		return "null"
	}
	reader := "[]"
	if _, err := r.Cookie("member"); err == nil || r.URL.Query().Get("sso") == "in" {
		reader = `{"id":42,"username":"Ada Lovelace","email":"ada@example.org","avatar":"https://elsewhere.example/a.png","url":""}`
	}
	said, _ := json.Marshal(map[string]any{
		"remote_auth_s3": signed(p.secret, []byte(reader), time.Now()), "api_key": p.publicKey,
		"sso": map[string]string{"name": "The Evening Post", "button": "https://elsewhere.example/b.png", "icon": "https://elsewhere.example/i.png",
			"url": p.news + "/sign-in/?opener=dsq-sso-login", "logout": p.news + "/sign-out/", "width": "400", "height": "300"},
	})
	return string(said)
}

const postingAsAda = `byText(".login", "Ada Lovelace") && !field("Name")`

// signedInThrough is the case of a package that passes the reader on.
func signedInThrough(event string) func(*visit) {
	return func(v *visit) {
		v.open("/" + v.name() + "/signed-" + v.name() + "?sso=in")
		v.until("the reader is signed in", postingAsAda)
		if event != "" {
			v.until("the page is told who it is", "seen.includes("+quote(event)+")")
		}
		v.fill("Comment", "Said by a member.")
		v.press("Post comment")
		v.until("it is the member's", `byText("article .by", "Ada Lovelace") && byText(".body", "Said by a member.")`)
		v.leaves("unmount()")
	}
}

// Nobody is signed in; the window of the sign-in closes itself, and the page
// knows the reader then.
func signsInAtWordPress(v *visit) {
	v.open("/wordpress/signed")
	v.until("nobody is signed in", `byText("button", "The Evening Post")`)
	v.press("The Evening Post")
	v.until("the reader is signed in", postingAsAda)
	v.leaves(reset)
}
