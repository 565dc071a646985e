package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
)

// form is whether the issue form is there, and asks what it should.
func (x *exam) form() {
	if x.Tree == nil {
		return
	}
	says := func(name, what, fix string) {
		x.says(Ailment{Name: name, Level: Should, Where: form.PathOn(x.Platform), What: what, Fix: fix})
	}
	const commit = "; then commit and push it"
	switch err := x.Form.Err; {
	case errors.Is(err, fs.ErrNotExist):
		says("form-missing", "there is no issue form: whoever has no clone opens no escalation in the browser", "`escalate form` writes it"+commit)
	case err != nil:
		x.unseen("whether the issue form asks what it should", err, "")
	case !form.Made(x.Form.Answer):
		says("form-foreign", "this form is not one that escalate made: issues that are made with it open no escalation", "rename it; `escalate form` writes the one that does"+commit)
	case x.Tree.Misread() == "":
		differs, err := x.differs()
		switch {
		case err != nil:
			x.unseen("whether the issue form is what policy and people say", err, "")
		case len(differs) > 0:
			const most = 3
			if more := len(differs) - most; more > 0 {
				differs = append(differs[:most], fmt.Sprintf("and %d more", more))
			}
			says("form-stale", "the issue form is not what policy and people say: "+strings.Join(differs, "; "), "`escalate form` makes it anew"+commit)
		}
	}
}

// differs is how the issue form differs from what policy and people say.
func (x *exam) differs() ([]string, error) {
	wanted := form.New(&act.Case{Tree: x.Tree, At: x.Now})
	if x.Platform == ci.GitLab {
		return wanted.TemplateDiffers(x.Form.Answer), nil
	}
	return wanted.Differs(x.Form.Answer)
}

// label is whether there is the label that the issue form names. GitHub leaves out one
// that there is not.
func (x *exam) label() {
	if !x.answers() || x.Form.Err != nil || !form.Made(x.Form.Answer) {
		return
	}
	switch l := x.Forge.Label; {
	case l.Err != nil:
		x.unseen("whether there is the label of the issue form", l.Err, "")
	case l.Answer == forge.No:
		x.says(Ailment{Name: "form-label-missing", Level: Should, Where: form.PathOn(x.Platform), What: fmt.Sprintf("there is no label `%s`: issues that are made with the form do not get it", form.Label),
			Fix: x.on(fmt.Sprintf("Issues, Labels, New label: `%s`; or `gh label create %s`", form.Label, form.Label), fmt.Sprintf("Manage, Labels, New label: `%s`", form.Label))})
	}
}
