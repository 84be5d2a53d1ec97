package moderation_test

import (
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

func TestImportFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range moderation.ImportFormats() {
		if f.Key == "" || f.Name == "" || !strings.HasSuffix(f.About, ".") || len(f.Extensions) == 0 || seen[f.Key] {
			t.Errorf("%+v", f)
		}
		if slices.ContainsFunc(f.Extensions, func(e string) bool { return e[0] != '.' }) {
			t.Errorf("%s: extensions %q", f.Key, f.Extensions)
		}
		seen[f.Key] = true
	}
	a := newArchive(t, storetest.SQLite(t))
	_, err := a.Import(t.Context(), from(full), moderation.ImportOptions{Site: "news", Format: "pdf"})
	if models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("an unknown format: %v", err)
	}
}
