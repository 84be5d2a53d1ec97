package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version says which build this is. The toolchain stamps it.
func (a *app) version(_ context.Context, f *flags) error {
	if _, err := f.parse(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "postbag %s %s %s/%s\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
