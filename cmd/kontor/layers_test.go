package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "kontor/"

// layers lists, for each package, those of ours it may import; "*" is all. A
// package that is not listed may import none. Tests may also import what makes
// a store ready, and what charges on it.
var layers = map[string]string{
	"cmd/kontor":            "*",
	"web":                   "db/core",
	"handlers":              "db/core views web static handlers/api",
	"handlers/api":          "db/core web",
	"handlers/api/apitest":  "db db/core db/dbtest web handlers/api",
	"handlers/api/wallee":   "db/core web handlers/api",
	"handlers/api/monri":    "db/core web handlers/api",
	"handlers/api/payfirma": "db/core web handlers/api",
	"handlers/api/acquired": "db/core web handlers/api",
	"handlers/api/cdc":      "db/core web handlers/api",
	"views":                 "db/core static",
	"static":                "",
	"db":                    "db/core db/vault",
	"db/core":               "",
	"db/vault":              "",
	"db/billing":            "db/core",
	"db/demo":               "db db/core db/vault db/billing",
	"db/dbtest":             "db db/core db/vault db/billing",
	"e2e":                   "*",
	"e2e/bench":             "*",
	"e2e/smtp":              "",
	"e2e/testsum":           "",
}

func TestLayers(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		from := strings.TrimPrefix(p.ImportPath, module)
		may, listed := layers[from]
		if !listed {
			t.Errorf("%s is not in the list of layers", from)
		}
		check := func(imports []string, may string) {
			for _, imp := range imports {
				to, ours := strings.CutPrefix(imp, module)
				if ours && to != from && may != "*" && !slices.Contains(strings.Fields(may), to) {
					t.Errorf("%s must not import %s", from, to)
				}
			}
		}
		check(p.Imports, may)
		if may != "*" {
			may += " db db/core db/dbtest db/billing"
			if from == "db" {
				may += " db/demo"
			}
			if strings.HasPrefix(from, "handlers/api") {
				may += " handlers/api handlers/api/apitest"
			}
		}
		check(append(p.TestImports, p.XTestImports...), may)
	}
}
