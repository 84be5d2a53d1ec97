package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// healthTime is how long a running server may take to answer.
const healthTime = 5 * time.Second

// health asks a running server whether it and its database are well. It is for
// containers without a shell.
func (a *app) health(ctx context.Context, f *flags) error {
	base := f.String("url", "http://127.0.0.1:8080", "`ADDRESS` of the server")
	if _, err := f.parse(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(*base, "/")+"/readyz", nil)
	if err != nil {
		return wrong("--url must look like http://127.0.0.1:8080")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", *base, res.Status, strings.TrimSpace(string(text)))
	}
	_, err = fmt.Fprintln(a.stdout, "ok")
	return err
}
