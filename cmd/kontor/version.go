package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

func cmdVersion(_ context.Context, env environment, args []string) error {
	fs, _ := flagsOf(env, "version", "")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(env.Stdout, version())
	return err
}

// version is what the build says of itself: a tag, or the commit it was built
// from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "development"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return v + " " + info.GoVersion
}
