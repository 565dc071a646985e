package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Template is the name by which GitLab offers the form among the description templates
// of a project, and TemplatePath where it looks for it.
const (
	Template     = "escalation"
	TemplatePath = ".gitlab/issue_templates/" + Template + ".md"
)

// PathOn is where a forge looks for the form.
func PathOn(p ci.Platform) string {
	if p == ci.GitLab {
		return TemplatePath
	}
	return Path
}

// labelling is the line by which GitLab itself gives an issue the label: quick actions in
// a description template are carried out for whoever may
// (https://docs.gitlab.com/user/project/description_templates/), and taken out of the text.
const labelling = "/label ~" + Label

// boxes is how many options are shown as boxes; more are named, and somebody writes one.
const boxes = 8

// Template is the form as a description template of GitLab: a heading for each question,
// what helps to answer it as a remark that nobody sees in the issue, and boxes to tick.
func (f Form) Template() []byte {
	var b strings.Builder
	b.WriteString("<!--\n" + intro + "Write below each heading, or tick one of its boxes: [x]. Leave the headings as they are.\n-->\n\n")
	for _, x := range f.Fields {
		b.WriteString(x.asked() + "\n")
	}
	b.WriteString("<!-- " + origin + "\n" + advice + " -->\n\n" + labelling + "\n")
	return []byte(b.String())
}

// asked is a question with what it offers.
func (x Field) asked() string {
	var help []string
	if x.Required {
		help = append(help, "Needed.")
	}
	if x.Help != "" {
		help = append(help, x.Help)
	}
	ticked := len(x.Options) > 0 && len(x.Options) <= boxes
	if len(x.Options) > boxes {
		help = append(help, "Write one: "+strings.Join(x.Options, "; ")+".")
	}
	text := "### " + x.Title + "\n\n"
	if len(help) > 0 {
		text += "<!-- " + remarked(strings.Join(help, " ")) + " -->\n\n"
	}
	if !ticked {
		return text
	}
	for i, o := range x.Options {
		box := "[ ]"
		if i+1 == x.Preset {
			box = "[x]"
		}
		text += "- " + box + " " + escape.MarkdownLine(o) + "\n"
	}
	return text
}

// remarked is a text that does not end the remark that it stands in.
func remarked(text string) string { return strings.ReplaceAll(text, "-->", "-- >") }

// Description is the text of an issue that was made with the template, and filled in with
// texts by the names of the fields, as Fill has them. ok is false where a line of one
// would be carried out by GitLab, and taken out of it.
func (f Form) Description(texts map[string]string) (text string, ok bool) {
	for _, x := range f.Fields {
		if answer := texts[x.ID]; answer != "" {
			text += filled(x, answer)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "/") {
			return "", false
		}
	}
	return text + labelling + "\n", true
}

// filled is a field with its answer, as a body has it.
func filled(x Field, answer string) string { return "### " + x.Title + "\n\n" + answer + "\n\n" }

// TemplateDiffers is Differs of a file that is a template.
func (f Form) TemplateDiffers(file []byte) []string {
	want := f.Template()
	if unix(file) == string(want) {
		return nil
	}
	has := map[string]string{}
	var all []string
	visible, _ := shown(string(file))
	for _, s := range split(visible) {
		title := normal(s.title)
		if _, twice := has[title]; title != "" && !twice {
			has[title] = s.raw + s.behind + s.below
			if !slices.ContainsFunc(f.Fields, func(x Field) bool { return normal(x.Title) == title }) {
				all = append(all, words.Code(words.Clip(s.title, 60))+" is asked, too")
			}
		}
	}
	visible, _ = shown(string(want))
	for i, s := range split(visible)[1:] {
		x := f.Fields[i]
		switch is, there := has[normal(x.Title)]; {
		case !there:
			all = append(all, words.Code(x.Title)+" is not asked")
		case strings.TrimSpace(is) != strings.TrimSpace(s.raw+s.below):
			all = append(all, words.Code(x.Title)+" reads otherwise")
		}
	}
	if len(all) == 0 {
		all = []string{"the text around the questions, or their order"}
	}
	return all
}

// option is the option of a field that a text names: as it is shown, on either forge, or
// by what stands before its explanation; else the text itself.
func (x Field) option(text string) string {
	text = strings.TrimSpace(text)
	for _, o := range x.Options {
		name, _, explained := strings.Cut(o, ": ")
		if text == o || text == escape.MarkdownLine(o) || explained && strings.EqualFold(text, name) {
			return o
		}
	}
	return text
}

// picked is the option that was chosen, or written; "" for none. problem says why nobody
// can tell which.
func (x Field) picked(text string) (option, problem string) {
	var on, off, written []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		m := box.FindStringSubmatch(line)
		switch {
		case line == "":
		case m == nil:
			written = append(written, line)
		case m[1] == "":
			off = append(off, x.option(m[2]))
		case m[1] != "~": // which GitLab strikes out
			on = append(on, x.option(m[2]))
		}
	}
	if preset := x.Preset - 1; len(on) == 2 && preset >= 0 { // it had its tick before
		on = slices.DeleteFunc(on, func(o string) bool { return o == x.Options[preset] })
	}
	switch {
	case len(on) > 1:
		return "", fmt.Sprintf("%d boxes are ticked below the heading \"%s\": leave the tick at one of them", len(on), x.Title)
	case len(on) == 1 && len(written) > 0:
		return "", fmt.Sprintf("below the heading \"%s\" a box is ticked, and there is \"%s\", too: write that below its own heading, or take the tick away", x.Title, words.Clip(written[0], 60))
	case len(on) == 1:
		return on[0], ""
	case len(written) > 0:
		text = strings.Join(written, "\n")
		if o := x.option(text); slices.Contains(x.Options, o) {
			return o, ""
		}
		return x.option(strings.TrimLeft(text, "-*+ ")), "" // an item of a list
	case len(off) == 1 && len(x.Options) > 1: // the others were deleted
		return off[0], ""
	}
	return "", ""
}
