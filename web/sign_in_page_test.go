package web_test

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/sso"
	"postbag/web"
)

const signInPage = "/console/sites/news/sign-in"

var shownSecret = regexp.MustCompile(`id="new-secret" dir="ltr"><code>([a-z2-7]{64})</code>`)

// made posts a form that makes a secret, and returns what is shown.
func (r *rig) made(client *http.Client, pairs ...string) string {
	r.Helper()
	got := r.form(client, signInPage, append([]string{"do", "make"}, pairs...)...)
	got.wantPage(r, 200, "shown this once")
	secret := shownSecret.FindStringSubmatch(got.body)
	if secret == nil || strings.Count(got.body, secret[1]) != 1 {
		r.Fatalf("no secret, or more than once: %s", got.body)
	}
	return secret[1]
}

// The keys are made once and the secret is shown once: neither a form that is
// sent again nor another page shows it.
func TestSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	client := r.signedIn()
	public, err := r.service.PublicKey(t.Context(), "news")
	r.must(err)
	r.doWith(client, request{path: "/console/sites/news"}).wantPage(t, 200, `href="`+signInPage+`"`, public)
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, "Make new keys", "you have at Disqus")
	r.form(client, signInPage, "do", "settings", "max_age", "4", "max_age_unit", "3600", "skew", "0", "skew_unit", "1").wantPage(t, 409, "Make the keys first")
	first := r.made(client, "generation", "0")
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, `id="api-key" dir="ltr"><code>`+public+`<`) // stays what it was
	r.form(client, signInPage, "do", "make", "generation", "0").wantPage(t, 409, "were changed since")
	second := r.made(client, "generation", "1")
	r.accepted(t, first, second)
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, "secret before are accepted until", "Readers are signed in")
	third := r.made(client, "generation", "2", "at_once", "1")
	r.accepted(t, third)
	r.rejected(t, first, second)
	for _, path := range []string{signInPage, "/console/sites/news", "/console/log"} {
		page := r.doWith(client, request{path: path})
		page.wantPage(t, 200)
		for _, secret := range []string{first, second, third} {
			if strings.Contains(page.body, secret) || strings.Contains(r.log.String(), secret) {
				t.Errorf("%s, or the log of requests, shows a secret again", path)
			}
		}
	}
	r.form(client, signInPage, "do", "make", "generation", "x").wantPage(t, 400)
	r.form(client, signInPage, "do", "nothing").wantPage(t, 400)
	r.doWith(client, request{path: "/console/sites/nowhere/sign-in"}).wantPage(t, 404)
}

func (r *rig) signsIn(secret string) bool {
	r.Helper()
	_, ok, err := r.service.SignIn(r.Context(), "news", moderation.SignIn{Payload: payload(secret, `{"id":1}`, time.Now())})
	r.must(err)
	return ok
}

func (r *rig) accepted(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if !r.signsIn(secret) {
			t.Errorf("secret %s signs nobody in", secret)
		}
	}
}

func (r *rig) rejected(t *testing.T, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if r.signsIn(secret) {
			t.Errorf("secret %s still signs in", secret)
		}
	}
}

// A site that comes from Disqus keeps its keys; a secret is in no answer.
func TestKeysAreTakenOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	client := r.signedIn()
	const secret = "E8Uh5l5fHZ6gD8U3KycjAIAk46f68Zw7"
	got := r.form(client, signInPage, "do", "take", "generation", "0", "secret", strings.Repeat("short", 52), "api_key", "a b")
	got.wantPage(t, 422, `id="f-secret-error"`, `id="f-api-key-error"`, `value="a b"`)
	if strings.Contains(got.body, `value="short`) {
		t.Error("a refused secret comes back in the page")
	}
	r.form(client, signInPage, "do", "take", "generation", "0", "secret", " "+secret, "api_key", "Y1S1wGIz").wantRedirect(t, signInPage+"?done=sign-in-taken")
	got = r.doWith(client, request{path: signInPage + "?done=sign-in-taken"})
	got.wantPage(t, 200, "are taken over", `this.page.api_key = "Y1S1wGIz"`)
	if strings.Contains(got.body, secret) {
		t.Error("the secret is on the page")
	}
	r.accepted(t, secret)
}

func TestSignInSettings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	client := r.signedIn()
	r.made(client, "generation", "0")
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, `name="max_age" value="2"`, `name="skew" value="10"`)
	save := func(age, ageUnit, skew, skewUnit string) reply {
		return r.form(client, signInPage, "do", "settings", "max_age", age, "max_age_unit", ageUnit, "skew", skew, "skew_unit", skewUnit, "guests", "off", "sign_in", "on")
	}
	for name, got := range map[string]reply{
		"too long":     save("31", "86400", "0", "1"),
		"too short":    save("59", "1", "0", "1"),
		"words":        save("some", "3600", "0", "1"),
		"no unit":      save("4", "", "0", "1"),
		"overflow":     save("2147483649", "86400", "0", "1"),
		"far too long": save("2147483647", "86400", "0", "1"),
		"negative":     save("-1", "86400", "0", "1"),
	} {
		if got.wantPage(t, 422, `id="f-max-age-error"`, `name="guests" value="off" checked`); strings.Contains(got.body, `id="f-skew-error"`) {
			t.Errorf("%s: the other field is blamed", name)
		}
	}
	save("4", "3600", "25", "3600").wantPage(t, 422, `id="f-skew-error"`)
	r.form(client, signInPage, "do", "settings", "max_age", "2", "max_age_unit", "3600", "skew", "0", "skew_unit", "1", "sign_in", "on", "verified_email", "1").wantRedirect(t, signInPage+"?done=sign-in-saved")
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, `aria-describedby="verified-email" checked`)
	save("30", "86400", "0", "1").wantRedirect(t, signInPage+"?done=sign-in-saved")
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, `name="max_age" value="30"`, `<option value="86400" selected>`, `name="guests" value="off" checked`)
	keys, err := r.service.SSO(t.Context(), "news")
	if err != nil || keys.MaxAge != 30*24*time.Hour || keys.Skew != 0 || keys.VerifiedEmail || !keys.MembersOnly || !keys.Enabled {
		t.Errorf("keys %+v, %v", keys, err)
	}
	r.form(client, signInPage, "do", "settings", "max_age", "2", "max_age_unit", "3600", "skew", "10", "skew_unit", "60", "guests", "on", "sign_in", "off").wantRedirect(t, signInPage+"?done=sign-in-saved")
	r.doWith(client, request{path: signInPage}).wantPage(t, 200, "Sign-in is switched off", `name="sign_in" value="off" checked`)
	if keys, err = r.service.SSO(t.Context(), "news"); err != nil || keys.Enabled || keys.MembersOnly {
		t.Errorf("keys %+v, %v", keys, err)
	}
}

// Moderators who are no admins neither see the page nor send its forms.
func TestSignInIsForAdmins(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	bea, err := r.service.AddModerator(t.Context(), models.Moderator{Email: "bea@news.example", Name: "Bea", Role: models.RoleModerator})
	r.must(err)
	r.admin = bea
	client := r.signedIn()
	r.doWith(client, request{path: signInPage}).wantPage(t, 403, "Only admins")
	for _, do := range []string{"make", "take", "settings", "check"} {
		r.form(client, signInPage, "do", do, "generation", "0", "secret", "E8Uh5l5fHZ6gD8U3KycjAIAk46f68Zw7", "api_key", "x").wantPage(t, 403, "Only admins")
	}
	if page := r.doWith(client, request{path: "/console/sites/news"}); strings.Contains(page.body, signInPage) {
		t.Error("the page leads where its reader may not go")
	}
	if keys, err := r.service.SSO(t.Context(), "news"); err != nil || keys.APIKey != "" {
		t.Errorf("keys %+v, %v", keys, err)
	}
}

// The box says what is wrong with a payload, or whom it signs in.
func TestCheckBox(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	client := r.signedIn()
	secret := r.made(client, "generation", "0")
	now := time.Now()
	good := payload(secret, `{"id":7,"username":"Ada <L>","email":"ada@news.example","avatar":"https://news.example/a.png","url":"javascript:x"}`, now)
	check := func(text string, more ...string) string {
		got := r.form(client, signInPage, append([]string{"do", "check", "payload", text}, more...)...)
		got.wantPage(t, 200, text)
		return html.UnescapeString(got.body)
	}
	for name, test := range map[string]struct{ text, want string }{
		"good":          {good, "All is well"},
		"name":          {good, "Ada <L>"},
		"picture":       {good, "https://news.example/a.png"},
		"broken lines":  {strings.ReplaceAll(good, " ", "\n"), "All is well"},
		"token":         {jwt(secret, `{"sub":"9","name":"Bob","exp":`+unix(now.Add(time.Hour))+`}`), "Bob"},
		"nothing":       {" ", "nothing to check"},
		"stale":         {payload(secret, `{"id":1}`, now.Add(-2*time.Hour-25*time.Minute)), "too old by 25 minutes"},
		"early":         {payload(secret, `{"id":1}`, now.Add(8*time.Hour+10*time.Minute+30*time.Second)), "by 8 hours"},
		"other secret":  {payload("another secret of ours", `{"id":1}`, now), "signature is wrong"},
		"no base64":     {"b'x' " + strings.Repeat("a", 40) + " " + unix(now), "not in base64"},
		"milliseconds":  {"e30= " + strings.Repeat("a", 40) + " " + unix(now) + "000", "not milliseconds"},
		"SHA-256":       {"e30= " + strings.Repeat("a", 64) + " " + unix(now), "40 hexadecimal"},
		"signed out":    {payload(secret, "{}", now), "nobody is signed in"},
		"no id":         {payload(secret, `{"username":"Ada"}`, now), "needs an id"},
		"token, alg":    {"eyJhbGciOiJub25lIn0.e30.", "HS256"},
		"token, aud":    {jwt(secret, `{"sub":"9","aud":"shop","iat":`+unix(now)+`}`), "somebody else"},
		"token, no end": {jwt(secret, `{"sub":"9"}`), "neither when it was made"},
	} {
		if body := check(test.text); !strings.Contains(body, test.want) {
			t.Errorf("%s: %q is not said of %q", name, test.want, test.text)
		}
	}
	if body := check(good, "page_key", "another"); !strings.Contains(body, "API key of another site") {
		t.Error("a wrong API key is not noticed")
	}
	if strings.Contains(check(good), "javascript:x") {
		t.Error("an address is shown that is none")
	}
	if strings.Contains(r.log.String(), good) {
		t.Error("the payload is logged")
	}
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// Every fault has its sentence.
func TestEveryFaultIsExplained(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, kind := range []sso.Kind{sso.Empty, sso.Long, sso.Parts, sso.Time, sso.Base64, sso.Hex, sso.Algorithm, sso.Signature, sso.Stale, sso.Early,
		sso.Endless, sso.Audience, sso.JSON, sso.NoID, sso.APIKey, sso.SignedOut} {
		if text := web.FaultText(r.server, &sso.Fault{Kind: kind}); strings.HasPrefix(text, "signin.") {
			t.Errorf("%s has no text", kind)
		}
	}
	for _, hint := range []string{"json", "message", "joined"} {
		if text := web.FaultText(r.server, &sso.Fault{Kind: sso.Signature, Hint: hint}); strings.HasPrefix(text, "signin.") {
			t.Errorf("the hint %s has no text", hint)
		}
	}
}
