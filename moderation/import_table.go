package moderation

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/interchange"
	"postbag/moderation/markup"
)

// TableFields lists what ImportOptions.Columns can name columns for.
func TableFields() []string { return interchange.TableFields() }

// tableOptions checks what an import says about columns.
func tableOptions(o *ImportOptions) (interchange.TableOptions, error) {
	t := interchange.TableOptions{Columns: map[string]string{}, Text: o.Text, MaxText: markup.MaxHTML}
	if o.Text != "" && !slices.Contains(interchange.TextForms(), o.Text) {
		return t, models.Invalid("text", "Use "+strings.Join(interchange.TextForms(), ", ")+".")
	}
	if o.Columns == "" {
		return t, nil
	}
	for pair := range strings.SplitSeq(o.Columns, ",") {
		field, column, ok := strings.Cut(pair, "=")
		if field = strings.TrimSpace(field); !ok || !slices.Contains(interchange.TableFields(), field) {
			return t, models.Invalid("map", fmt.Sprintf("%.60q is not FIELD=COLUMN with one of the fields %s.", pair, strings.Join(interchange.TableFields(), ", ")))
		}
		t.Columns[field] = strings.TrimSpace(column)
	}
	return t, nil
}

func openCSV(file io.Reader, o *ImportOptions) (importSource, error) {
	t, err := tableOptions(o)
	if err != nil {
		return nil, err
	}
	return interchange.NewCSVReader(file, t)
}

func openJSON(file io.Reader, o *ImportOptions) (importSource, error) {
	t, err := tableOptions(o)
	if err != nil {
		return nil, err
	}
	return interchange.NewJSONReader(file, t)
}
