package escape_test

import (
	"testing"

	"github.com/escalations-as-code/escalate/internal/escape"
)

// What a spreadsheet computes is text in it, however it is dressed up.
func TestSpreadsheet(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Northwind Traders":            "Northwind Traders",
		"":                             "",
		"a=b, 1+1 and x@y":             "a=b, 1+1 and x@y",
		"=1+1":                         "'=1+1",
		"+1":                           "'+1",
		"-2+3":                         "'-2+3",
		"@SUM(A1)":                     "'@SUM(A1)",
		"\t=1":                         "'    =1",
		"\r\n=1":                       "'=1",
		"  =HYPERLINK(\"//x\")":        "'  =HYPERLINK(\"//x\")",
		"'=1":                          "''=1",
		"\"=1":                         "'\"=1",
		"＝1":                           "'＝1",
		"Two\nlines":                   "Two lines",
		"\u200b=cmd|' /C calc'!A0":     "<U+200B>=cmd|' /C calc'!A0",
		"月森精機":                         "月森精機",
		"%0A=1":                        "'%0A=1",
		"x\u202ey":                     "x<U+202E>y",
		"'quoted' and no formula at 1": "'quoted' and no formula at 1",
	} {
		if got := escape.Spreadsheet(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
