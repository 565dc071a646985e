package act

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Answers are what was answered, by the names of the questions, as it goes into the
// file: a person by the handle, a day as 2026-12-01, `yes` or `no`.
type Answers map[string][]string

// Has reports whether a question was answered.
func (a Answers) Has(question string) bool { return len(a[question]) > 0 }

// One is the answer to a question that takes one; "" where there is none.
func (a Answers) One(question string) string {
	if len(a[question]) == 0 {
		return ""
	}
	return a[question][0]
}

// All are the answers to a question that takes many.
func (a Answers) All(question string) []string { return a[question] }

// yes reports whether the answer is yes.
func (a Answers) yes(question string) bool { return a.One(question) == "yes" }

// text, handle, link and day are answers as the file has them.
func (a Answers) text(question string) schema.Text     { return schema.Text(a.One(question)) }
func (a Answers) handle(question string) schema.Handle { return schema.Handle(a.One(question)) }
func (a Answers) link(question string) schema.URL      { return schema.URL(a.One(question)) }

func (a Answers) day(question string) schema.Date {
	day, _ := time.Parse(time.DateOnly, a.One(question)) // zero where there is no answer
	return schema.Date{Time: day}
}

// handles are answers that name people.
func (a Answers) handles(question string) []schema.Handle {
	var list []schema.Handle
	for _, h := range a[question] {
		list = append(list, schema.Handle(h))
	}
	return list
}

// indexes are the places of the entries that were chosen, which count from 0.
func (a Answers) indexes(question string) []int {
	var list []int
	for _, n := range a[question] {
		if i, err := strconv.Atoi(n); err == nil {
			list = append(list, i-1)
		}
	}
	return list
}

// AnswerError says what is wrong with an answer, and what would be right.
type AnswerError struct {
	// Question is the name of the question, Answer what was said.
	Question, Answer string
	Message, Hint    string
	// Unasked says that the question is not asked, whatever was answered.
	Unasked bool
	// Idle says that nothing is wrong: it is so already, and there is nothing to do.
	Idle bool
}

func (e *AnswerError) Error() string {
	text := fmt.Sprintf("%s: %s", e.Question, e.Message)
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// Check returns an *AnswerError where a text is no answer to the question.
func (q *Question) Check(c *Case, a Answers, text string) error {
	_, err := q.Read(c, a, []string{text})
	return err
}

// Read makes the answer of what was said. The error is an *AnswerError.
func (q *Question) Read(c *Case, a Answers, said []string) ([]string, error) {
	values, wrong := q.read(c, a, said)
	if wrong != nil {
		return nil, wrong
	}
	return values, nil
}

func (q *Question) read(c *Case, a Answers, said []string) ([]string, *AnswerError) {
	var values []string
	for _, text := range said {
		for _, part := range q.parts(text) {
			value, message, hint := q.one(c, a, part)
			switch {
			case message != "":
				return nil, &AnswerError{Question: q.Name, Answer: part, Message: message, Hint: hint}
			case value == "" || slices.Contains(values, value):
				continue
			}
			if q.Refuse != nil {
				if message, hint := q.Refuse(c, value, a); message != "" {
					return nil, &AnswerError{Question: q.Name, Answer: part, Message: message, Hint: hint}
				}
			}
			values = append(values, value)
		}
	}
	switch {
	case len(values) == 0 && q.need(c, a) == Required:
		return nil, &AnswerError{Question: q.Name, Answer: "", Message: "there is no answer"}
	case len(values) > 1 && !q.Many:
		return nil, &AnswerError{Question: q.Name, Answer: words.And(values), Message: "it takes one answer"}
	}
	return values, nil
}

// linked is a link with words, as Markdown and as Slack write it: by the signs around the
// latter, since a link may have a bar in it.
var linked = regexp.MustCompile(`^[^\w\[<]*(?:\[[^\]]*\]\((https?://[^\s()]+)\)|<(https?://[^\s|>]+)\|[^>]*>)[^\w]*$`)

// between is what parts two links.
var between = regexp.MustCompile(`[,\s]+(https?://)`)

// listed is several numbers of entries.
var listed = regexp.MustCompile(`^[\d\s,]+$`)

// parts are the answers in a text. A comma parts them where none of them has one.
func (q *Question) parts(text string) []string {
	if q.Form == Text || !q.Many {
		return []string{text}
	}
	if q.Form == Link { // which may have a comma in it
		text = between.ReplaceAllString(text, "\n$1")
	}
	comma := q.Form != Line && q.Form != Link && (q.Form != Entry || listed.MatchString(text))
	return strings.FieldsFunc(text, func(r rune) bool {
		return r == '\n' || r == '\r' || r == ',' && comma
	})
}

// quotes are put around a word by whoever copies it from a text.
const quotes = "\"'`“”„‘’‚«»<>"

var bullet = regexp.MustCompile(`^(?:[-*•‣▪–]|\[[ xX]?\]|- \[[ xX]?\])\s+`)

// one reads one answer. A message says why it is none; an empty value is nothing to
// read.
func (q *Question) one(c *Case, a Answers, text string) (value, message, hint string) {
	if !utf8.ValidString(text) {
		return "", "it is not text in UTF-8", ""
	}
	if q.Form == Text {
		return block(text), "", ""
	}
	text = words.Line(text)
	if q.Many || q.Form != Line {
		text = bullet.ReplaceAllString(text, "")
	}
	if m := linked.FindStringSubmatch(text); m != nil && q.Form == Link {
		text = m[1] + m[2]
	}
	if q.Form != Line && q.Form != Choice && q.Form != Entry {
		text = strings.Trim(text, quotes+" ")
	}
	if text == "" {
		return "", "", ""
	}
	besides := q.Besides(c)
	if i := slices.IndexFunc(besides, func(w string) bool { return strings.EqualFold(w, text) }); i >= 0 {
		return besides[i], "", ""
	}
	switch q.Form {
	case Choice, Entry:
		options := q.Options(c, a)
		if q.Already != nil && len(q.matching(options, text)) == 0 {
			if already := q.matching(q.Already(c, a), text); len(already) == 1 {
				return already[0].Value, "", ""
			}
		}
		return q.chosen(options, text)
	case Yes:
		return yesOrNo(text)
	case Person:
		return c.meant(text)
	case Day:
		value, message, hint = c.dayMeant(text, c.region(a))
		if today := c.today(c.region(a)).Format(time.DateOnly); q.Ahead && message == "" && value < today {
			return "", fmt.Sprintf("%s is over", value), "today is " + today
		}
		return value, message, hint
	case Link:
		text = strings.TrimRight(text, ".,;")
		if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(text, " ") {
			return "", fmt.Sprintf("%q is no link", text), "write all of it, such as https://docs.example.com/notes" + orWords(besides)
		}
		return text, "", ""
	case Hour:
		return hourMeant(text)
	case Number:
		if n, err := strconv.Atoi(text); err != nil || n < 1 {
			return "", fmt.Sprintf("%q is no number", text), "write it in digits, such as 30"
		}
		return text, "", ""
	}
	return text, "", ""
}

func orWords(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return ", or " + words.Or(list)
}

// block is a text of several lines, as a file has it: no blank lines around it, no
// blanks at the ends of its lines.
func block(text string) string {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// digits is a number and nothing else.
var digits = regexp.MustCompile(`^\d+$`)

// typed are marks as a keyboard makes them, in the place of those that stand in a file.
var typed = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "„", `"`, "–", "-", "‑", "-")

// bare is a text in small letters without what people put around the words that they
// repeat, and without the number sign, the bracket or the full stop of a number.
func bare(text string) string {
	return strings.Trim(typed.Replace(strings.ToLower(text)), quotes+" .,;:!?*_#()")
}

// number reports whether a text is the number of an entry.
func (q *Question) number(text string) bool {
	return q.Form == Entry && digits.MatchString(bare(text))
}

// matching are the options that a text may mean: the one whose value or number it is,
// else those that have it in their words. A number is that of an entry alone: one that
// cannot be chosen, such as a step that is done, must not mean another that has the
// number in its words.
func (q *Question) matching(options []Option, text string) []Option {
	plain := bare(text)
	if plain == "" {
		return nil
	}
	var part []Option
	for _, o := range options {
		if plain == bare(o.Value) || plain == bare(o.Label) {
			return []Option{o}
		}
		if !q.number(text) && strings.Contains(bare(o.Label), plain) {
			part = append(part, o)
		}
	}
	return part
}

// chosen is the option that a text means.
func (q *Question) chosen(options []Option, text string) (value, message, hint string) {
	switch part := q.matching(options, text); {
	case len(part) == 1:
		return part[0].Value, "", ""
	case len(part) > 1:
		return "", fmt.Sprintf("%q may be several", text), "it can be " + labels(part)
	case len(options) == 0:
		return "", "there is none left to choose", ""
	}
	var values []string
	for _, o := range options {
		values = append(values, o.Value)
	}
	if meant := nearest.Only(text, values); meant != "" && !q.number(text) {
		return "", fmt.Sprintf("%q is none of them", text), fmt.Sprintf("did you mean %s?", meant)
	}
	return "", fmt.Sprintf("%q is none of them", text), "it can be " + labels(options)
}

// labels says what can be chosen.
func labels(options []Option) string {
	var list []string
	for _, o := range options {
		list = append(list, words.Clip(o.Label, 60))
	}
	const few = 12
	if n := len(list); n > few {
		list = append(list[:few-1], fmt.Sprintf("%d more", n-few+1))
	}
	return words.Or(list)
}

func yesOrNo(text string) (value, message, hint string) {
	switch strings.ToLower(text) {
	case "yes", "y", "true":
		return "yes", "", ""
	case "no", "n", "false":
		return "no", "", ""
	}
	return "", fmt.Sprintf("%q is neither yes nor no", text), ""
}

// labelled is a person as an Option shows one: Jo Doe (jdoe).
var labelled = regexp.MustCompile(`^.*\(([a-z0-9][a-z0-9._-]*)\)$`)

// meant is the person whom a text names (P8).
func (c *Case) meant(text string) (value, message, hint string) {
	if m := labelled.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	handle := schema.Handle(strings.TrimPrefix(text, "@"))
	if handle == "me" && c.By != "" {
		return string(c.By), "", ""
	}
	if _, ok := c.Tree.People.People[handle]; ok {
		if other := c.withLogin(handle); other != "" && strings.HasPrefix(text, "@") { // on a forge that is how others are named
			return "", fmt.Sprintf("who is %q?", text), "it is the handle of " + c.person(handle) + " and the login of " + c.person(other) + ": write another name of theirs"
		}
		return string(handle), "", ""
	}
	m := process.WhoIsMeant(c.Tree.People, text)
	switch {
	case len(m.Who) == 1 && !m.Guessed:
		return string(m.Who[0]), "", ""
	case len(m.Who) > 0:
		var who []string
		for _, h := range m.Who {
			who = append(who, c.person(h))
		}
		return "", fmt.Sprintf("who is %q?", text), "it could be " + words.Or(who)
	}
	return "", fmt.Sprintf("%q is nobody of the directory", text), "write a handle or a name of people.yaml"
}

// withLogin is somebody else whose login on a forge is the handle of a person.
func (c *Case) withLogin(handle schema.Handle) schema.Handle {
	for h, p := range c.Tree.People.People {
		if h != handle && (strings.EqualFold(string(p.GitHub), string(handle)) || strings.EqualFold(string(p.GitLab), string(handle))) {
			return h
		}
	}
	return ""
}

var inDays = regexp.MustCompile(`^(?:in |\+)(\d{1,3}) ?(?:d|days?)?$`)

// dayMeant is the day that a text names, as the clocks of a region show it.
func (c *Case) dayMeant(text string, region schema.RegionName) (value, message, hint string) {
	today := c.today(region).Time
	text = strings.TrimRight(typed.Replace(text), ".,;")
	said := strings.ToLower(text)
	day := func(t time.Time) (string, string, string) { return t.Format(time.DateOnly), "", "" }
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return day(t)
	}
	switch said {
	case "today":
		return day(today)
	case "tomorrow":
		return day(today.AddDate(0, 0, 1))
	case "yesterday":
		return day(today.AddDate(0, 0, -1))
	}
	if m := inDays.FindStringSubmatch(said); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits alone
		return day(today.AddDate(0, 0, n))
	}
	for i := 1; i <= 7; i++ {
		next := today.AddDate(0, 0, i)
		if name := strings.ToLower(next.Weekday().String()); said == name || said == name[:3] {
			return day(next)
		}
	}
	return "", fmt.Sprintf("%q is no day", text), "write it as " + today.AddDate(0, 0, 3).Format(time.DateOnly) + ", or as today, tomorrow, friday, or in 3 days"
}

var hour = regexp.MustCompile(`^(\d{1,2})[:.](\d{2})$`)

// hourMeant is the time of the day that a text names.
func hourMeant(text string) (value, message, hint string) {
	if m := hour.FindStringSubmatch(text); m != nil {
		if t, err := time.Parse("15:04", fmt.Sprintf("%02s:%s", m[1], m[2])); err == nil {
			return t.Format("15:04"), "", ""
		}
	}
	return "", fmt.Sprintf("%q is no time of the day", text), "write it as 10:30, by 24 hours"
}
