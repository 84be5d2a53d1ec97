package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
)

// Limits of a body, in bytes. Word lists are long, and files of rules longer.
const (
	maxBody = 64 << 10
	maxRule = 2 << 20
	maxForm = 2 << 20
	maxFile = rulefile.MaxBytes + 64<<10 // in a form, with its other fields
)

// maxJSONDepth is how deep arrays and objects of a body may nest.
const maxJSONDepth = 16

// readJSON reads the request's body into v, a pointer to a struct. Unknown
// fields are ignored, so that a newer client can talk to an older server.
func readJSON(c *gin.Context, v any) error { return readJSONOf(c, v, maxBody) }

// readJSONOf is readJSON with a limit of its own, in bytes.
func readJSONOf(c *gin.Context, v any, limit int64) error {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "application/json" {
		return unsupported("application/json")
	}
	body, err := readBody(c, limit)
	if err != nil {
		return err
	}
	return decodeJSON(body, v)
}

// readOptionalJSON is readJSON for a request that may come without a body.
func readOptionalJSON(c *gin.Context, v any) error {
	if c.Request.ContentLength == 0 {
		return nil
	}
	return readJSON(c, v)
}

// readStrict is readJSONOf for what must not be misunderstood: a member that v
// does not have is refused, with the one that was probably meant. A rule whose
// "scopes" were ignored would hold everywhere.
func readStrict(c *gin.Context, v any, limit int64) error {
	if kind := mediaType(c); kind != "application/json" {
		return unsupported("application/json")
	}
	body, err := readBody(c, limit)
	if err != nil {
		return err
	}
	if err := decodeJSON(body, v); err != nil {
		return err
	}
	strict := json.NewDecoder(bytes.NewReader(body))
	strict.DisallowUnknownFields()
	err = strict.Decode(v)
	if err == nil {
		return nil
	}
	name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
	detail := "There is no field “" + clip(name, 60) + "” here."
	if meant := rules.Suggest(name, members(reflect.TypeOf(v))); meant != "" {
		detail = "There is no field “" + clip(name, 60) + "”, did you mean “" + meant + "”?"
	}
	return models.Invalid(clip(name, 60), detail)
}

// members lists the names in JSON of a structure and of those within it.
func members(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var list []string
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			list = append(list, name)
		}
		list = append(list, members(f.Type)...)
	}
	return list
}

func readBody(c *gin.Context, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	var tooLong *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLong) && c.Request.Context().Err() == nil {
		return nil, models.Refuse(models.CodeMalformed, "The body did not arrive completely. Send it again.")
	}
	return body, err
}

// decodeJSON is the strict reading of a body: one JSON object and nothing
// after it, every string valid Unicode, no field of the wrong type.
func decodeJSON(body []byte, v any) error {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 {
		return models.Refuse(models.CodeMalformed, "The body is empty. Send a JSON object.")
	}
	if trimmed[0] != '{' {
		return models.Refuse(models.CodeMalformed, "The body is not a JSON object.")
	}
	if !json.Valid(body) {
		return syntaxProblem(body)
	}
	if err := inspectJSON(trimmed, maxJSONDepth); err != nil {
		return err
	}
	err := json.Unmarshal(body, v)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return wrongType(wrong)
	}
	if err != nil {
		return models.Refuse(models.CodeMalformed, "The body cannot be read as this request's JSON.")
	}
	return nil
}

func syntaxProblem(body []byte) error {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(body, new(json.RawMessage)), &syntax) {
		return models.Refuse(models.CodeMalformed, "The body is not valid JSON: something is wrong at byte %d.", syntax.Offset)
	}
	return models.Refuse(models.CodeMalformed, "The body is not valid JSON.")
}

func wrongType(e *json.UnmarshalTypeError) error {
	want := map[string]string{
		"string": "a text", "bool": "true or false", "int": "a whole number", "int64": "a whole number",
		"slice": "a list", "struct": "an object", "ptr": "another type",
	}[e.Type.Kind().String()]
	if want == "" {
		want = "another type"
	}
	field := e.Field
	if field == "" {
		field = "body"
	}
	refusal := models.Refuse(models.CodeMalformed, "A field has the wrong type: %s.", field)
	refusal.Fields = []models.FieldError{{Field: field, Detail: "This must be " + want + "."}}
	return refusal
}

// readForm parses the body of an HTML form. Line ends become single line feeds,
// as people see them.
func readForm(c *gin.Context) error { return readFormOf(c, maxBody) }

func readFormOf(c *gin.Context, limit int64) error {
	if kind := mediaType(c); kind != "application/x-www-form-urlencoded" {
		return unsupported("a form (application/x-www-form-urlencoded)")
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	if err := c.Request.ParseForm(); err != nil {
		return badForm(err)
	}
	return cleanForm(c.Request.PostForm)
}

// readUpload is readForm for a form that may hold a file in the field "file".
// The file's text takes the place of what the named field holds.
func readUpload(c *gin.Context, field string) error {
	if mediaType(c) != "multipart/form-data" {
		return readFormOf(c, maxForm)
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFile)
	if err := c.Request.ParseMultipartForm(maxFile); err != nil {
		return badForm(err)
	}
	for _, header := range c.Request.MultipartForm.File["file"] {
		file, err := header.Open()
		if err != nil {
			return badForm(err)
		}
		content, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return badForm(err)
		}
		if len(content) > 0 {
			c.Request.PostForm.Set(field, strings.TrimPrefix(string(content), "\ufeff"))
		}
	}
	return cleanForm(c.Request.PostForm)
}

func mediaType(c *gin.Context) string {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

func badForm(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return err
	}
	return models.Refuse(models.CodeMalformed, "The form cannot be read. Go back, load the page again and send it once more.")
}

// cleanForm refuses what is no text, and turns line ends into single line feeds.
func cleanForm(form url.Values) error {
	for name, values := range form {
		for i, value := range values {
			if !soundText(value) || !soundText(name) {
				return models.Invalid(strings.ToValidUTF8(name, "\uFFFD"), badText)
			}
			values[i] = strings.ReplaceAll(value, "\r\n", "\n")
		}
	}
	return nil
}
