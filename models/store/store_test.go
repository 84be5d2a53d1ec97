package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models/store"
	"postbag/models/store/storetest"
)

func TestSQLite(t *testing.T) { storetest.Run(t, storetest.SQLite) }

func TestPostgres(t *testing.T) {
	database := storetest.Postgres(t)
	storetest.Run(t, func(t testing.TB) string { return storetest.Schema(t, database) })
}

func TestRedact(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://ann:s3cret@db.example/postbag":                           "postgres://ann@db.example/postbag",
		"postgresql://ann:s@c@db.example/postbag":                            "postgresql://ann@db.example/postbag",
		"postgres://ann@db.example/postbag":                                  "postgres://ann@db.example/postbag",
		"postgres://db.example/p?password=s3cret":                            "postgres://db.example/p?password=",
		"postgres://a:b@db.example/p?user=x&password=s3cret&sslmode=disable": "postgres://a@db.example/p?password=&sslmode=disable&user=x",
		"dir@home/postbag.db":                                                "dir@home/postbag.db",
	} {
		if got := store.Redact(address); got != want {
			t.Errorf("Redact(%q) = %q, want %q", address, got, want)
		}
	}
}

// TestOpenFailure expects an error that names the place and no password.
func TestOpenFailure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "postbag.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{file, filepath.Join(file, "below", "postbag.db"), "postgres://ann:s3cret@127.0.0.1:1/none?connect_timeout=1"} {
		s, err := store.Open(t.Context(), address, store.Options{})
		if err == nil {
			_ = s.Close()
			t.Fatalf("%s was opened", address)
		}
		if strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), store.Redact(address)) {
			t.Errorf("the error says %q", err)
		}
	}
}
