package words

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Says reports whether a text says anything: a full stop, a dash, a picture or an
// invisible character does not, and neither does a placeholder such as TBD (P7).
func Says(text string) bool {
	text = seen(text)
	return strings.ContainsFunc(text, written) && !placeholder(text)
}

// seen is a text as it is seen, in small letters.
func seen(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
}

func written(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// ToFillIn returns the words of a template in a text, which stand between angle
// brackets on a line of their own; empty where there are none. A link or an e-mail
// address may stand so, too.
func ToFillIn(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimSpace(line), "-* ")
		if len(line) > 2 && line[0] == '<' && strings.Index(line, ">") == len(line)-1 && !strings.ContainsAny(line, "@/") {
			return line
		}
	}
	return ""
}

// placeholder reports whether a text, in small letters, is one of those that stand for what somebody
// will write later.
func placeholder(text string) bool {
	text = strings.TrimFunc(text, func(r rune) bool { return !written(r) })
	return slices.Contains([]string{
		"tbd", "tba", "tbc", "tbs", "todo", "to do", "to-do", "n/a", "na", "n.a", "n/k", "not applicable", "none", "nil", "null", "nothing", "unknown",
		"xxx", "xxxx", "wip", "later", "pending", "placeholder", "fill in", "fill me in", "fixme", "lorem ipsum",
		"to be done", "to be defined", "to be decided", "to be determined", "to be discussed", "to be confirmed", "to be announced", "to be added",
	}, strings.Join(strings.Fields(text), " "))
}
