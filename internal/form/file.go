package form

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/words"
)

// The shape of the file, as GitHub reads it.
type (
	fileYAML struct {
		Name        string        `yaml:"name"`
		Description string        `yaml:"description"`
		Title       string        `yaml:"title"`
		Labels      []string      `yaml:"labels"`
		Body        []elementYAML `yaml:"body"`
	}
	elementYAML struct {
		Type        string          `yaml:"type"`
		ID          string          `yaml:"id,omitempty"`
		Attributes  attributesYAML  `yaml:"attributes"`
		Validations *validationYAML `yaml:"validations,omitempty"`
	}
	attributesYAML struct {
		Value       string   `yaml:"value,omitempty"`
		Label       string   `yaml:"label,omitempty"`
		Description string   `yaml:"description,omitempty"`
		Options     []string `yaml:"options,omitempty"`
		Default     *int     `yaml:"default,omitempty"`
	}
	validationYAML struct {
		Required bool `yaml:"required"`
	}
)

// origin is a line of a file that File or Template made; the one below it says what
// becomes of what a person writes into it.
const (
	origin = "Made by escalate from the policy, the directory and the questions that `escalate new` asks."
	advice = "To make it anew: escalate form. What is changed here is replaced then."
)

// Made reports whether a file is one that File or Template made, whatever was changed in
// it since.
func Made(file []byte) bool {
	return slices.ContainsFunc(strings.Split(unix(file), "\n"), func(line string) bool { return line == "# "+origin || line == "<!-- "+origin })
}

// unix is a text with the line ends of Unix: git may have written others.
func unix(data []byte) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
}

const intro = `A customer is in a challenging situation, and the relationship or future business is at risk? Open an escalation here; you need neither git nor YAML.
A slow ticket alone is for Support management (STAR); a widespread outage is an incident; an instance that is down is emergency support.
Where something is missing, the bot answers here, and you edit the issue.
`

// File is the form as GitHub reads it.
func (f Form) File() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# " + origin + "\n# " + advice + "\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(f.file()); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

func (f Form) file() fileYAML {
	file := fileYAML{
		Name: "Escalation", Description: "Open an escalation for a customer", Title: "Escalation: ", Labels: []string{Label},
		Body: []elementYAML{{Type: "markdown", Attributes: attributesYAML{Value: intro}}},
	}
	for _, x := range f.Fields {
		e := elementYAML{Type: "input", ID: x.ID, Attributes: attributesYAML{Label: x.Title, Description: x.Help, Options: x.Options}}
		switch {
		case len(x.Options) > 0:
			e.Type = "dropdown"
			if x.Preset > 0 {
				first := x.Preset - 1
				e.Attributes.Default = &first
			}
		case x.Lines:
			e.Type = "textarea"
		}
		if x.Required {
			e.Validations = &validationYAML{true}
		}
		file.Body = append(file.Body, e)
	}
	return file
}

// Differs says in few words in what a file is another form than this one; nothing where
// it is the same. Its words may be those of the file, as they stand there.
func (f Form) Differs(file []byte) ([]string, error) {
	want, err := f.File()
	if err != nil || unix(file) == string(want) {
		return nil, err
	}
	var is fileYAML
	if err := yaml.Unmarshal(file, &is); err != nil {
		return []string{"it is no form that can be read"}, nil
	}
	var all []string
	own, ours := is.questions(), f.file().questions()
	for _, x := range f.Fields {
		e, there := own[x.ID]
		switch {
		case !there:
			all = append(all, words.Code(x.Title)+" is not asked")
		default:
			if what := ours[x.ID].differs(e); what != "" {
				all = append(all, words.Code(x.Title)+" "+what)
			}
		}
	}
	for _, e := range is.Body {
		if _, asked := ours[e.ID]; !asked && e.Type != "markdown" {
			all = append(all, words.Code(words.Clip(e.Attributes.Label, 60))+" is asked, too")
		}
	}
	if len(all) == 0 {
		all = []string{"the text around the questions, or their order"}
	}
	return all, nil
}

// questions are the elements that ask, by their names.
func (f fileYAML) questions() map[string]elementYAML {
	all := map[string]elementYAML{}
	for _, e := range f.Body {
		if e.Type != "markdown" {
			all[e.ID] = e
		}
	}
	return all
}

// differs says what another element has otherwise; "" where it is the same. Of an option
// what stands before a colon is its name, and the rest explains it.
func (e elementYAML) differs(is elementYAML) string {
	name := func(option string) string {
		before, _, _ := strings.Cut(option, ": ")
		return before
	}
	named := func(all []string) map[string]string {
		byName := map[string]string{}
		for _, o := range all {
			byName[name(o)] = o
		}
		return byName
	}
	want, has := named(e.Attributes.Options), named(is.Attributes.Options)
	var lacks, other, more []string
	for _, o := range e.Attributes.Options {
		switch was, there := has[name(o)]; {
		case !there:
			lacks = append(lacks, words.Clip(name(o), 60))
		case was != o:
			other = append(other, words.Clip(name(o), 60))
		}
	}
	for _, o := range is.Attributes.Options {
		if _, wanted := want[name(o)]; !wanted {
			more = append(more, words.Clip(name(o), 60))
		}
	}
	switch {
	case (len(want) == 0) != (len(has) == 0):
		return map[bool]string{true: "is to be written, and no list to choose from", false: "is a list to choose from, and not to be written"}[len(want) == 0]
	case len(lacks)+len(other)+len(more) > 0:
		var parts []string
		for _, p := range []struct {
			what string
			list []string
		}{{"lacks ", lacks}, {"still offers ", more}, {"says otherwise what is meant by ", other}} {
			if len(p.list) > 0 {
				parts = append(parts, p.what+some(p.list))
			}
		}
		return words.And(parts)
	case !e.equal(is):
		return "reads otherwise"
	}
	return ""
}

// some names a few of a list.
func some(all []string) string {
	const few = 3
	if more := len(all) - few; more > 1 {
		return strings.Join(all[:few], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return words.And(all)
}

// equal reports whether two elements are written the same way.
func (e elementYAML) equal(other elementYAML) bool {
	a, errA := yaml.Marshal(e)
	b, errB := yaml.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
