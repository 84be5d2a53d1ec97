package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/models"
	"postbag/web/auth"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	encoded, err := auth.HashPassword(ctx, rand.Reader, "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q does not name its parameters", encoded)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct hors": false, "": false, "correct horse ": false} {
		got, err := auth.VerifyPassword(ctx, encoded, password)
		if err != nil || got != want {
			t.Errorf("verify %q = %v, %v; want %v", password, got, err, want)
		}
	}
	again, _ := auth.HashPassword(ctx, rand.Reader, "correct horse")
	if again == encoded {
		t.Error("two hashes share their salt")
	}
}

func TestHashKnownAnswer(t *testing.T) {
	t.Parallel()
	// Made by the reference implementation: argon2 somesalt -id -t 2 -m 16 -p 1.
	const encoded = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := auth.VerifyPassword(t.Context(), encoded, "password"); !ok || err != nil {
		t.Errorf("verify = %v, %v", ok, err)
	}
}

func TestDamagedHashes(t *testing.T) {
	t.Parallel()
	const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	hash := func(head, salt, key string) string { return "$argon2id$" + head + "$" + salt + "$" + key }
	for name, encoded := range map[string]string{
		"empty":        "",
		"no hash":      "secret",
		"other kind":   "$argon2i$v=19$m=65536,t=2,p=1$" + salt + "$" + key,
		"old version":  hash("v=16$m=65536,t=2,p=1", salt, key),
		"much memory":  hash("v=19$m=4194304,t=2,p=1", salt, key),
		"many passes":  hash("v=19$m=65536,t=1000,p=1", salt, key),
		"no passes":    hash("v=19$m=65536,t=0,p=1", salt, key),
		"no lanes":     hash("v=19$m=65536,t=2,p=0", salt, key),
		"no salt":      hash("v=19$m=65536,t=2,p=1", "", key),
		"no key":       hash("v=19$m=65536,t=2,p=1", salt, ""),
		"bad base64":   hash("v=19$m=65536,t=2,p=1", salt, "!"+key[1:]),
		"endless key":  hash("v=19$m=65536,t=2,p=1", salt, strings.Repeat("A", 400)),
		"a part extra": hash("v=19$m=65536,t=2,p=1", salt, key) + "$x",
	} {
		if auth.SoundHash(encoded) {
			t.Errorf("%s: %q was read", name, encoded)
		}
	}
	if ok, err := auth.VerifyPassword(t.Context(), "", ""); ok || err != nil {
		t.Errorf("an account without a password accepts the empty one: %v, %v", ok, err)
	}
}

func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	if err := auth.Crowd()(t.Context()); models.CodeOf(err) != models.CodeBusy {
		t.Errorf("err = %v, want busy", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := auth.HashPassword(gone, iotest.ErrReader(errors.New("no randomness")), "correct horse")
	if err == nil || !strings.Contains(err.Error(), "no randomness") {
		t.Errorf("err = %v, want the failure of the random source", err)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		secret, hash, err := auth.NewSecret(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if len(secret) != 46 || !strings.HasPrefix(secret, "pb_") || len(hash) != 32 || seen[secret] {
			t.Fatalf("secret %q, hash of %d bytes, seen %v", secret, len(hash), seen[secret])
		}
		if string(auth.HashSecret(secret)) != string(hash) {
			t.Fatal("a secret is stored under another hash than it is looked up by")
		}
		seen[secret] = true
	}
	for _, no := range []string{"", "pb_", "pb_short", strings.Repeat("x", 46), "pb_" + strings.Repeat("x", 1<<20)} {
		if auth.HashSecret(no) != nil {
			t.Errorf("%.50q passes for a secret", no)
		}
	}
	if _, _, err := auth.NewSecret(iotest.ErrReader(errors.New("dry"))); err == nil {
		t.Error("a secret without randomness")
	}
}

func BenchmarkVerify(b *testing.B) {
	encoded, err := auth.HashPassword(b.Context(), rand.Reader, "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, err := auth.VerifyPassword(b.Context(), encoded, "correct horse"); !ok || err != nil {
			b.Fatal(fmt.Sprint(ok, err))
		}
	}
}
