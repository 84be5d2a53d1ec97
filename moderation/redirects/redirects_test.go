package redirects_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
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
	answers := func(at string, head, get int) {
		mux.HandleFunc(at, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(map[string]int{"HEAD": head, "GET": get}[r.Method])
		})
	}
	answers("/shy", 403, 200)
	answers("/simple", 501, 200)
	answers("/closed", 403, 403)
	answers("/bad", 400, 200)
	answers("/nowhere", 301, 301)
	answers("/nowhere-yet", 302, 302)
	go301("/choices", "/here", 300)
	go301("/last", "/here", 399)
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
		"/shy": {}, "/simple": {}, "/closed": {problem: "answers 403"}, "/bad": {problem: "answers 400"}, "/nowhere": {problem: "does not say where"},
		"/nowhere-yet": {problem: "does not say where"}, "/choices": {problem: "for a time only (300)"}, "/last": {problem: "for a time only (399)"},
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
		if n++; r.To != "" || !strings.Contains(r.Problem, "no public address") {
			t.Errorf("%+v", r)
		}
	})
	if err != nil || n != len(addresses) || asked {
		t.Errorf("%d results, %v; asked: %v", n, err, asked)
	}
}

// TestPublic has the first and the last address of what is not public, and their
// neighbours.
func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.0.0.0": true, "9.255.255.255": true, "11.0.0.0": true, "93.184.216.34": true, "100.63.255.255": true, "100.128.0.0": true, "172.15.255.255": true,
		"172.32.0.0": true, "192.0.1.0": true, "198.17.255.255": true, "198.20.0.0": true, "223.255.255.255": true, "::ffff:93.184.216.34": true,
		"2606:4700::1111": true, "2a00::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.0": false, "10.255.255.255": false, "100.64.0.0": false, "100.127.255.255": false, "127.0.0.1": false,
		"127.255.255.255": false, "169.254.169.254": false, "172.16.0.0": false, "172.31.255.255": false, "192.0.0.8": false, "192.168.1.1": false,
		"198.18.0.0": false, "198.19.255.255": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::7f00:1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2001::1": false, "2002:7f00:1::": false, "fc00::1": false, "fdff::1": false, "fe80::1": false, "fec0::1": false, "ff02::1": false,
	} {
		if got := redirects.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: public is %t, want %t", address, got, want)
		}
	}
}
