package redirects_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"postbag/moderation/redirects"
)

func TestFollow(t *testing.T) {
	mux := http.NewServeMux()
	go301 := func(from, to string, status int) {
		mux.HandleFunc(from, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				t.Error("a cookie was sent")
			}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			w.Header().Set("Location", to)
			w.WriteHeader(status)
		})
	}
	mux.HandleFunc("/here", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/get", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	go301("/old", "/middle#x", 301)
	go301("/middle", "/here", 308)
	go301("/for-now", "/here", 302)
	go301("/then-for-now", "/for-now", 301)
	go301("/gone", "/nothing", 301)
	go301("/round", "/round", 301)
	go301("/script", "javascript:alert(1)", 301)
	go301("/file", "file:///etc/passwd", 301)
	go301("/to-get", "/get", 301)
	server := httptest.NewServer(mux)
	defer server.Close()
	tests := map[string]struct{ to, problem string }{
		"/here": {}, "/old": {to: "/here"}, "/to-get": {to: "/get"},
		"/for-now": {problem: "for a time only"}, "/then-for-now": {to: "/for-now", problem: "for a time only"},
		"/gone": {problem: "answers 404"}, "/nothing": {problem: "answers 404"}, "/round": {problem: "More than 10"},
		"/script": {problem: "no http or https"}, "/file": {problem: "no http or https"},
	}
	var addresses []string
	for path := range tests {
		addresses = append(addresses, server.URL+path)
	}
	got := map[string]redirects.Result{}
	err := redirects.New(redirects.NewClient(true), 1000).Follow(t.Context(), addresses, func(r redirects.Result) { got[strings.TrimPrefix(r.From, server.URL)] = r })
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range tests {
		r := got[path]
		if strings.TrimPrefix(r.To, server.URL) != want.to || !strings.Contains(r.Problem, want.problem) || want.problem == "" && r.Problem != "" {
			t.Errorf("%s leads to %q (%s), want %q (%s)", path, r.To, r.Problem, want.to, want.problem)
		}
	}
}

// TestNewClient_Private does not connect to hosts of the network that Postbag
// runs in, by name or number.
func TestNewClient_Private(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	var addresses []string
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "169.254.169.254", "100.64.0.1", "[64:ff9b::7f00:1]"} {
		addresses = append(addresses, fmt.Sprintf("http://%s%s/", host, port))
	}
	n := 0
	err := redirects.New(redirects.NewClient(false), 1000).Follow(t.Context(), addresses, func(r redirects.Result) {
		if n++; r.To != "" || r.Problem == "" {
			t.Errorf("%+v", r)
		}
	})
	if err != nil || n != len(addresses) || asked {
		t.Errorf("%d results, %v; asked: %v", n, err, asked)
	}
}
