package moderation

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"postbag/models"
)

// sameRule reports whether two versions of a rule say the same. Its id, version
// and times do not count, nor what its backtest promised.
func sameRule(a, b *models.Rule) bool {
	return a.Name == b.Name && a.Kind == b.Kind && a.Action == b.Action && a.Mode == b.Mode && a.Tag == b.Tag && a.Priority == b.Priority &&
		a.Reason == b.Reason && a.Code == b.Code && a.Legal == b.Legal && sameConditions(a, b)
}

// sameConditions reports whether two versions fire on the same comments.
func sameConditions(a, b *models.Rule) bool {
	return a.Kind == b.Kind && sameScope(a.Scope, b.Scope) && sameSpec(a.Spec, b.Spec)
}

func sameScope(a, b models.Scope) bool {
	return slices.Equal(a.Sections, b.Sections) && slices.Equal(a.Articles, b.Articles)
}

// sameSpec reports whether two specs are the same JSON, white space and the
// order of members aside.
func sameSpec(a, b string) bool {
	if a == b {
		return true
	}
	left, ok := decodeSpec(a)
	right, good := decodeSpec(b)
	return ok && good && reflect.DeepEqual(left, right)
}

func decodeSpec(text string) (tree any, ok bool) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	err := dec.Decode(&tree)
	return tree, err == nil
}
