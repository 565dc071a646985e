package form

import (
	"bytes"

	"gopkg.in/yaml.v3"
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

const intro = `A customer is in a challenging situation, and the relationship or future business is at risk? Open an escalation here; you need neither git nor YAML.
A slow ticket alone is for Support management (STAR); a widespread outage is an incident; an instance that is down is emergency support.
Where something is missing, the bot answers here, and you edit the issue.
`

// File is the form as GitHub reads it.
func (f Form) File() ([]byte, error) {
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
	var b bytes.Buffer
	b.WriteString("# Made by escalate from the policy, the directory and the questions that `escalate new` asks.\n# To make it anew: escalate form\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(file); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}
