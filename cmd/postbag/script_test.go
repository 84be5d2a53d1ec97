package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The promises of the whole product, told as scripts against the real binary.
// Beside testscript's own commands a script has:
//
//	serve [FLAG...]                      starts the server on a free port; sets $URL and, when printed, $LINK
//	halt                                 asks it to end, and expects that it ends well
//	crash                                kill -9
//	http STATUS METHOD PATH [BODY [HEADER...]]   sends a request; BODY is a file, - for none; the answer is in stdout
//	await REGEXP METHOD PATH [BODY [HEADER...]]  sends a request again and again, for a second at most, until the answer matches
//	form STATUS PATH NAME=VALUE...       sends a form as the console's browser does, with its cookies
//	field NAME PATH                      puts a member of the last JSON answer, such as comment.id, into $NAME
//	token NAME [LINK]                    puts the secret of a one-time link, or the last command's output, into $NAME
//	vouch NAME AGE JSON                  puts a remote_auth_s3 payload that is AGE old (5m) into $NAME, signed with the secret of the last command's output
//	address NAME URL                     puts the HOST:PORT of a URL into $NAME
func TestScripts(t *testing.T) {
	mustBinary(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			jar, err := cookiejar.New(nil)
			if err != nil {
				return err
			}
			s := &script{browser: &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
			env.Values[scriptKey{}] = s
			env.Setenv("PATH", binaryDir+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("POSTBAG_DB", filepath.Join(env.WorkDir, "postbag.db"))
			env.Defer(s.end)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe, "halt": scriptHalt, "crash": scriptCrash, "http": scriptHTTP, "await": scriptAwait, "form": scriptForm, "field": scriptField,
			"token": scriptToken, "vouch": scriptVouch, "address": scriptAddress, "database": scriptDatabase,
		},
	})
}

type scriptKey struct{}

// script is what one script has going on.
type script struct {
	browser *http.Client
	server  *process
	answer  []byte
}

func scriptOf(ts *testscript.TestScript) *script {
	s, ok := ts.Value(scriptKey{}).(*script)
	if !ok {
		ts.Fatalf("no script state")
	}
	return s
}

func (s *script) end() {
	if s.server != nil {
		_ = s.server.kill()
	}
}

func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptOf(ts)
	if neg || s.server != nil {
		ts.Fatalf("usage: serve [FLAG...], and no two at once")
	}
	cmd := exec.Command(filepath.Join(binaryDir, "postbag"), append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "POSTBAG_DB="+ts.Getenv("POSTBAG_DB"))
	server, err := startProcess(cmd)
	ts.Check(err)
	s.server = server
	ts.Setenv("URL", server.url)
	ts.Setenv("LINK", server.link)
	_, err = io.WriteString(ts.Stdout(), server.greeting)
	ts.Check(err)
}

func scriptHalt(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptOf(ts)
	if neg || len(args) > 0 || s.server == nil {
		ts.Fatalf("usage: halt, after serve")
	}
	err := s.server.stop()
	_, _ = io.WriteString(ts.Stderr(), s.server.stderr.String())
	s.server = nil
	ts.Check(err)
}

func scriptCrash(ts *testscript.TestScript, neg bool, args []string) {
	s := scriptOf(ts)
	if neg || len(args) > 0 || s.server == nil {
		ts.Fatalf("usage: crash, after serve")
	}
	ts.Check(s.server.kill())
	s.server = nil
}

func scriptHTTP(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: http STATUS METHOD PATH [BODY [HEADER...]]")
	}
	scriptOf(ts).send(ts, &http.Client{Timeout: 30 * time.Second}, scriptRequest(ts, args[1:]), args[0])
}

// scriptRequest makes a request of METHOD PATH [BODY [HEADER...]].
func scriptRequest(ts *testscript.TestScript, args []string) *http.Request {
	var body io.Reader
	if len(args) > 2 && args[2] != "-" {
		// A body may name what an earlier answer said: $ID.
		body = strings.NewReader(os.Expand(ts.ReadFile(args[2]), ts.Getenv))
	}
	req, err := http.NewRequest(args[0], ts.Getenv("URL")+args[1], body)
	ts.Check(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, header := range args[min(len(args), 3):] {
		name, value, _ := strings.Cut(header, ":")
		req.Header.Set(name, strings.TrimSpace(value))
	}
	return req
}

func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: await REGEXP METHOD PATH [BODY [HEADER...]]")
	}
	want := regexp.MustCompile(args[0])
	for start := time.Now(); ; {
		res, err := http.DefaultClient.Do(scriptRequest(ts, args[1:]))
		ts.Check(err)
		answer, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		ts.Check(err)
		if want.Match(answer) {
			return
		}
		if time.Since(start) > 10*time.Second {
			ts.Fatalf("after ten seconds %s still answers %s:\n%s", args[2], res.Status, answer)
		}
	}
}

func scriptForm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: form STATUS PATH NAME=VALUE...")
	}
	values := url.Values{}
	for _, pair := range args[2:] {
		name, value, _ := strings.Cut(pair, "=")
		values.Add(name, value)
	}
	req, err := http.NewRequest(http.MethodPost, ts.Getenv("URL")+args[1], strings.NewReader(values.Encode()))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", ts.Getenv("URL"))
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	s := scriptOf(ts)
	s.send(ts, s.browser, req, args[0])
}

// send prints the answer, headers first, and compares the status.
func (s *script) send(ts *testscript.TestScript, client *http.Client, req *http.Request, want string) {
	res, err := client.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	s.answer, err = io.ReadAll(res.Body)
	ts.Check(err)
	var head bytes.Buffer
	ts.Check(res.Header.Write(&head))
	fmt.Fprintf(ts.Stdout(), "%s\r\n%s\r\n%s\n", res.Status, head.String(), s.answer)
	if strconv.Itoa(res.StatusCode) != want {
		ts.Fatalf("%s %s answers %s, want %s:\n%s", req.Method, req.URL.Path, res.Status, want, s.answer)
	}
}

func scriptField(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: field NAME PATH")
	}
	var value any
	ts.Check(json.Unmarshal(scriptOf(ts).answer, &value))
	for _, step := range strings.Split(args[1], ".") {
		switch in := value.(type) {
		case map[string]any:
			value = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				ts.Fatalf("%s: there is no %s in a list of %d", args[1], step, len(in))
			}
			value = in[i]
		default:
			ts.Fatalf("%s: nothing below %s", args[1], step)
		}
	}
	if value == nil {
		ts.Fatalf("%s: not there, or null", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(value))
}

func scriptToken(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case neg || len(args) < 1 || len(args) > 2:
		ts.Fatalf("usage: token NAME [LINK]")
	case len(args) == 1:
		ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
	default:
		link, err := url.Parse(args[1])
		ts.Check(err)
		ts.Setenv(args[0], link.Query().Get("token"))
	}
}

func scriptVouch(ts *testscript.TestScript, neg bool, args []string) {
	secret := regexp.MustCompile(`(?m)^secret: (\S+)$`).FindStringSubmatch(ts.ReadFile("stdout"))
	if neg || len(args) != 3 || secret == nil {
		ts.Fatalf("usage: vouch NAME AGE JSON, after postbag site sso")
	}
	age, err := time.ParseDuration(args[1])
	ts.Check(err)
	message, stamp := base64.StdEncoding.EncodeToString([]byte(args[2])), strconv.FormatInt(time.Now().Add(-age).Unix(), 10)
	mac := hmac.New(sha1.New, []byte(secret[1]))
	_, _ = io.WriteString(mac, message+" "+stamp)
	ts.Setenv(args[0], message+" "+hex.EncodeToString(mac.Sum(nil))+" "+stamp)
}

func scriptAddress(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: address NAME URL")
	}
	u, err := url.Parse(args[1])
	ts.Check(err)
	ts.Setenv(args[0], u.Host)
}

// scriptDatabase makes a SQLite database of a file with statements.
func scriptDatabase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: database FILE STATEMENTS")
	}
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(ts.ReadFile(args[1]))
	ts.Check(errors.Join(err, db.Close()))
}

// process is a running server.
type process struct {
	cmd      *exec.Cmd
	url      string // where it serves
	link     string // the one-time link it printed, without the origin
	greeting string
	stderr   bytes.Buffer // to be read after the end
	done     chan error
}

var (
	servesLine = regexp.MustCompile(`(?m)^Postbag serves (http://\S+)$`)
	linkLine   = regexp.MustCompile(`http://[^/\s]+(/console/\S+token=\S+)`)
)

// startProcess starts a server and waits until it has said where it is. Its
// greeting ends with the last line that it prints before it serves.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan error, 1)}
	cmd.Stderr = &p.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	greeting := make(chan string, 1)
	go func() {
		// The greeting is one write, so one read gets all of it.
		buf := make([]byte, 8<<10)
		n, _ := bufio.NewReaderSize(out, len(buf)).Read(buf)
		greeting <- string(buf[:n])
		_, _ = io.Copy(io.Discard, out)
		p.done <- cmd.Wait()
	}()
	select {
	case p.greeting = <-greeting:
	case <-time.After(time.Minute):
		return nil, errors.Join(errors.New("the server says nothing"), p.kill())
	}
	found := servesLine.FindStringSubmatch(p.greeting)
	if found == nil {
		_ = cmd.Process.Kill() // if it lives
		return nil, fmt.Errorf("the server did not start: %v\n%s%s", <-p.done, p.greeting, p.stderr.String())
	}
	p.url = found[1]
	if link := linkLine.FindStringSubmatch(p.greeting); link != nil {
		p.link = link[1]
	}
	return p, nil
}

// stop asks the server to end and returns an error unless it exits with 0.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-p.done:
		return err
	case <-time.After(45 * time.Second):
		return errors.Join(errors.New("the server does not stop"), p.kill())
	}
}

// kill ends the server as a power failure would.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	<-p.done
	return nil
}
