package web_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/models"
	"postbag/web"
)

// FuzzDecodeJSON checks that the strict decoder never panics, accepts nothing
// that encoding/json refuses, and reads what it accepts to the same value,
// without a character that was not in the input.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		sound, `{}`, ` {"a":[1,2,{"b":"\ud83d\ude00"}],"text":"\u0000"}`, `{"text":"\ud800"}`, `{"text":"\"\\\/"}`, `{"":{"":""}}`, `{"a":-1.5e9,"b":true}`,
		"{\"text\":\"\xff\"}", `{"a":[]}`, `{"a":[[],{}]}`, `{"a":"\uD83D\u0041"}`, `[]`, `null`, `{"text":"x"}x`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		type body struct {
			Text string         `json:"text"`
			A    any            `json:"a"`
			Rest map[string]any `json:"rest"`
		}
		var got, want body
		err := web.DecodeJSON(data, &got)
		naive := json.Unmarshal(data, &want)
		if err != nil {
			if code := models.CodeOf(err); code != models.CodeMalformed && code != models.CodeInvalid {
				t.Fatalf("error without a code: %v", err)
			}
			return
		}
		if naive != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("accepted %q as %v; encoding/json: %v, %v", data, got, want, naive)
		}
		if !utf8.Valid(data) || strings.ContainsRune(got.Text, 0) {
			t.Fatalf("accepted text that is not sound: %q", data)
		}
		if n := strings.Count(got.Text, "\uFFFD"); n > bytes.Count(data, []byte("\uFFFD"))+bytes.Count(bytes.ToLower(data), []byte(`\ufffd`)) {
			t.Fatalf("characters were replaced in %q", data)
		}
	})
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "x-gzip": true, "deflate, gzip;q=1.0, *;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false,
		"*": true, "*;q=0": false, "*, gzip;q=0": false, "gzip;q=0.1, *;q=0": true, "br": false, "gzipped": false, "gzip;q=x": true, ",,": false,
	} {
		if got := web.AcceptsGzip([]string{header}); got != want {
			t.Errorf("Accept-Encoding %q: %t, want %t", header, got, want)
		}
	}
	if web.AcceptsGzip(nil) {
		t.Error("no header means no gzip")
	}
}

func TestLocalPath(t *testing.T) {
	for path, ok := range map[string]bool{
		"/console": true, "/console/rules?site=a": true, "/console?x=//evil": true, "": false, "/": false, "/consoles": false,
		"//evil.example/console": false, "https://evil.example/console": false, "/\\evil.example": false, "/console\\..": false,
		"javascript:alert(1)": false, "/console\n": false, "\t//evil": false, "console": false,
	} {
		want := "fallback"
		if ok {
			want = path
		}
		if got := web.LocalPath(path, "fallback"); got != want {
			t.Errorf("localPath(%q) = %q, want %q", path, got, want)
		}
	}
}

// FuzzQueryParams checks that the reader of query strings agrees with the
// standard one wherever it accepts.
func FuzzQueryParams(f *testing.F) {
	for _, seed := range []string{"id=1&url=https%3A%2F%2Fa%2F", "a=1&a=2&b", "=&&=x", "a=%zz", "a=%ff", "q=a+b%20c", "a;b=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = raw
		got, err := web.ParseParams(r)
		if err != nil || strings.Contains(raw, ";") {
			return
		}
		want := r.URL.Query()
		for i := 0; i < reflect.ValueOf(got).Len(); i++ {
			p := reflect.ValueOf(got).Index(i)
			name, value := p.Field(0).String(), p.Field(1).String()
			if len(want[name]) == 0 || want[name][0] != value {
				t.Fatalf("%q: %q = %q, want %q", raw, name, value, want[name])
			}
			want[name] = want[name][1:]
		}
	})
}
