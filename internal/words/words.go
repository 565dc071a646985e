// Package words says things as a person says them: a list, a number of things,
// a day, how long ago, somebody's name. Whatever is told to people, at a
// terminal or by a notice, takes its words from here, so that it reads the same
// everywhere.
//
// All functions are pure; none makes text fit for where it is shown, which is
// the task of package escape. A time is said by the clock of its own zone:
// whoever wants another one converts it first.
package words

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/schema"
)

// And lists words in a sentence: a, b and c.
func And[T ~string](list []T) string { return sentence(list, " and ") }

// Or lists words in a sentence, of which one is to be taken: a, b or c.
func Or[T ~string](list []T) string { return sentence(list, " or ") }

func sentence[T ~string](list []T, last string) string {
	if len(list) < 2 {
		return Join(list, "")
	}
	end := len(list) - 1
	return Join(list[:end], ", ") + last + string(list[end])
}

// Join is strings.Join for words of any kind, such as handles and days.
func Join[T ~string](list []T, by string) string { return strings.Join(Plain(list), by) }

// Plain returns words of any kind as plain ones.
func Plain[T ~string](list []T) []string {
	plain := make([]string, len(list))
	for i, w := range list {
		plain[i] = string(w)
	}
	return plain
}

// Code marks what stands in a file or is to be typed, within a sentence.
func Code[T ~string](s T) string { return "`" + string(s) + "`" }

// A puts the article before a thing: a name, an e-mail address.
func A(thing string) string {
	if thing != "" && strings.ContainsRune("aeiouAEIOU", rune(thing[0])) {
		return "an " + thing
	}
	return "a " + thing
}

// Count says how many things there are: 1 file, 2 files. thing is the word for
// one of them.
func Count(n int, thing string) string {
	return fmt.Sprintf("%d %s", n, Agree(n, thing, plural(thing)))
}

// Agree returns the word that goes with a number: of is and are, is with 1 and
// are with all others.
func Agree(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// plural is the regular one of English, and that of a word of the process.
func plural(thing string) string {
	if stem, ok := strings.CutSuffix(thing, "criterion"); ok {
		return stem + "criteria"
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok && stem != "" && !strings.ContainsAny(stem[len(stem)-1:], "aeiou") {
		return stem + "ies"
	}
	for _, hiss := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(thing, hiss) {
			return thing + "es"
		}
	}
	return thing + "s"
}

// Name is what people call somebody: the name in the directory, or the handle
// where the directory does not know them.
func Name(d schema.Directory, h schema.Handle) string {
	if name := Line(d.People[h].Name); name != "" {
		return name
	}
	return string(h)
}

// Names is Name of each.
func Names(d schema.Directory, list []schema.Handle) []string {
	names := make([]string, len(list))
	for i, h := range list {
		names[i] = Name(d, h)
	}
	return names
}

// Line makes one line of a text: all white space becomes single spaces.
func Line[T ~string](s T) string { return strings.Join(strings.Fields(string(s)), " ") }

// Paragraph is the first paragraph of a text, as one line.
func Paragraph[T ~string](s T) string {
	var first []string
	for line := range strings.Lines(strings.TrimSpace(string(s))) {
		if strings.TrimSpace(line) == "" {
			break
		}
		first = append(first, line)
	}
	return Line(strings.Join(first, ""))
}

// Longest is how many characters of one text a person is shown where other things
// stand beside it.
const Longest = 1000

// Clip cuts a text to n characters, and shows by an ellipsis behind them that
// there were more.
func Clip(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// Capital writes the first letter large.
func Capital[T ~string](s T) string {
	first, size := utf8.DecodeRuneInString(string(s))
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + string(s)[size:]
}

// Sentence makes a sentence of words: a capital, and a full stop where none of
// the marks stands that end one.
func Sentence[T ~string](s T) string {
	text := Capital(strings.TrimSpace(string(s)))
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
}
