package store

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ours are the expressions that may be made part of a statement, and why each is no foreign text; so may constants. What
// comes from a server, a person or a file travels as a parameter.
var ours = map[string]string{
	"table":       "of a list in the source",
	"to":          "a state, of the source",
	"from":        "a state, of the source",
	"group.scope": "made of the source and placeholders",
	"where":       "made of the source and placeholders",
	"deferred":    "made of the source and the kind of a lane",
	"lane.Kind":   "within the cases of a switch over the kinds",
	"due":         "of a constant or a list in the source",
	"query":       "a statement of the source",
	"sql":         "a statement of the source",
	"s.names()":   "columns of a statement that the source defines",
	"s.body":      "a statement that the source defines", "orFail(s.body)": "the same",
	"n":        "a number",
	"cache":    "a number",
	"longest":  "a number",
	"tables":   "of a list in the source",
	"among":    "made of the source and placeholders",
	"r.table":  "of a list in the source",
	"r.key":    "of a list in the source",
	"r.broken": "of a list in the source",

	"size":    "a number",
	"limit":   "a number",
	"columns": "columns, of constants",
	"alias":   "of a table, in the source",
	"a":       "the alias of a table, in the source",
	"p":       "the alias of a table, in the source",
	"is":      "one of two constants",

	"f.tx.list(1, 1)":                    "made of placeholders",
	"f.tx.list(by, 1)":                   "made of placeholders",
	"s.owns(a)":                          "made of the source and placeholders",
	"s.named(a, s.n+1)":                  "made of the source and placeholders",
	`in.owns("of")`:                      "made of the source and placeholders",
	"ofOwn":                              "made of the source and placeholders",
	"ofOthers":                           "made of the source and placeholders",
	"public(p)":                          "made of the source",
	`public("o")`:                        "made of the source",
	`s.knows("v", p)`:                    "made of the source and placeholders",
	"l.open(p)":                          "made of the source and visibilities of a list in the source",
	`l.open("o")`:                        "made of the source and visibilities of a list in the source",
	`l.post("q")`:                        "made of the source and visibilities of a list in the source",
	"v.columns()":                        "columns, of the source",
	"order":                              "one of two constants",
	"quotedBases(d.Bases)":               "of constants",
	`strings.Join(conditions, " AND ")`:  "made of the source and placeholders",
	`strings.Join(conditions, "\nAND ")`: "made of the source and placeholders",
	`fmt.Sprintf(hitColumns, "0")`:       "columns, of a constant",
	`fmt.Sprintf(columns, "t.rowid")`:    "columns, of constants",
	`fmt.Sprintf(hitColumns, "CAST(f.place AS bigint)")`: "columns, of a constant",
	`fmt.Sprintf(shared, a, p, public(p), public("o"))`:  "made of the source",

	`pendingIn("attachments")`: "made of the source",

	"places[f.dialect]":  "of a list in the source",
	"matches[f.dialect]": "of a list in the source",

	"places[c.Dialect()]":        "of a list in the source",
	"places[s.engine.dialect()]": "of a list in the source",
	"after":                      "a number",
	"c.upTo":                     "a number",
	"which":                      "made of the source and numbers",
	"string(ids)":                "numbers",
	`strings.Join(listed, ", ")`: "numbers",

	"hour":                      "of a list in the source",
	"since[s.engine.dialect()]": "of a list in the source",
	"elements[dialect]":         "of a list in the source",
	`fmt.Sprintf(elements[dialect], "hashtags")`: "of a list in the source",
	`strings.Join(where, " AND ")`:               "made of the source and placeholders",
	`in.shows("a", "p")`:                         "made of the source and placeholders",
	`in.sees("p")`:                               "made of the source and placeholders",
	`v.in(t, 1).sees("p")`:                       "made of the source and placeholders",
	`v.in(t, 1).shows("a", "p")`:                 "made of the source and placeholders",
	`v.in(t, 2).sees("p")`:                       "made of the source and placeholders",
	`v.in(t, 2).shows("a", "p")`:                 "made of the source and placeholders",

	"from.name":                 "a table of schema.sql",
	"of.name":                   "a table of schema.sql",
	"of.identity":               "a column of schema.sql",
	"of.selected()":             "columns of schema.sql",
	"alone":                     "made of the source and placeholders",
	"stays":                     "made of the source and placeholders",
	"rule":                      "of a list in the source",
	"unheld":                    "made of the source",
	"boosts":                    "of a list in the source",
	`fmt.Sprintf(touched, "p")`: "made of the source and placeholders",
	`fmt.Sprintf(touched+" AND NOT "+others, "p")`: "made of the source and placeholders",

	"c.fromPosts()":             "made of the source and placeholders",
	`strings.Join(marks, ", ")`: "placeholders",

	`strings.Join(fields, ", ")`: "placeholders", `strings.Join(selected, ", ")`: "columns of the source",
	`strings.Join(arrays, ", ")`: "placeholders", "placeholders(rows, len(s.columns))": "placeholders",
}

// bound is what stands for parameters.
var bound = regexp.MustCompile(`^(c\.tx|t)\.(list|among)\(.*\)$`)

var sqlWords = regexp.MustCompile(
	`\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|WITH|AND|ORDER BY|VALUES|SET|PRAGMA|ARRAY|COALESCE|IN)\b`)

// Where SQL is put together from parts, each part is ours.
func TestStatementsAreMadeOfOurOwnWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set, used, constants := token.NewFileSet(), map[string]bool{}, map[string]bool{}
	var trees []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
		ast.Inspect(tree, func(n ast.Node) bool { return constantsOf(n, constants) })
	}
	for _, tree := range trees {
		ast.Inspect(tree, func(n ast.Node) bool {
			for _, part := range partsOf(n) {
				var text strings.Builder
				if err := printer.Fprint(&text, set, part); err != nil {
					t.Fatal(err)
				}
				name := text.String()
				if used[name] = true; ours[name] == "" && !constants[name] && !bound.MatchString(name) {
					t.Errorf("%s: %s becomes part of a statement: make it a parameter, or say in this test why it is ours",
						set.Position(part.Pos()), &text)
				}
			}
			return true
		})
	}
	for part := range ours {
		if !used[part] {
			t.Errorf("%s is part of no statement any more", part)
		}
	}
}

// constantsOf notes the names of the constants that a declaration makes.
func constantsOf(n ast.Node, names map[string]bool) bool {
	if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
		for _, spec := range d.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				names[name.Name] = true
			}
		}
	}
	return true
}

// partsOf are the operands of SQL that an expression puts together, but literals.
func partsOf(n ast.Node) (all []ast.Expr) {
	var operands []ast.Expr
	sql := false
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			operands = n.Args
			_, literal := n.Args[0].(*ast.BasicLit)
			sql = !literal // a statement that is defined elsewhere
		}
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			operands = []ast.Expr{n.X, n.Y}
		}
	}
	for _, o := range operands {
		switch o := o.(type) {
		case *ast.BasicLit:
			sql = sql || sqlWords.MatchString(o.Value)
		case *ast.BinaryExpr: // has a turn of its own
		default:
			all = append(all, o)
		}
	}
	if !sql {
		return nil
	}
	return all
}
