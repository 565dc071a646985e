package rule

import (
	"fmt"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/shape"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

func knownPerson() Rule {
	return Rule{
		Name:    "known-person",
		Cites:   []string{"P8"},
		Summary: "everybody named by a handle is in the people directory",
		Why: "Mentions, invitations and reminders go to the person whom people.yaml lists under the handle. " +
			"A handle that is not there reaches nobody.",
		Escalation: func(c *Pass) {
			for m := range mentions(c) {
				if c.Full() {
					return
				}
				if _, known := c.Person(m.who); !known {
					c.Tell(m.Field(), unknownPerson(m.who, c.Tree.People))
				}
			}
			if want, _ := process.DRI(c.Account); want == "" && c.DRI != "" {
				if _, known := c.Person(c.DRI); !known {
					c.Tell("/dri", unknownPerson(c.DRI, c.Tree.People))
				}
			}
		},
		Tell: func(c *Pass, f shape.Fault) Said {
			text := f.Text()
			if text == "" {
				return Said{}
			}
			return unknownPerson(text, c.Tree.People)
		},
		Wrong: marked("fyi: [rkign]\n", "rkign"),
		Right: ex("fyi: [rking]\n"),
	}
}

// unknownPerson tells of a text in the place of a handle that no handle is, and
// whose handle was meant: people write names, e-mail addresses and logins.
func unknownPerson[T ~string](text T, d schema.Directory) Said {
	m := process.WhoIsMeant(d, string(text))
	s := Said{Message: fmt.Sprintf("%s is %s, and not the handle of a person in people.yaml", code(clip(string(text))), words.A(string(m.As)))}
	if m.As == process.AsHandle {
		s.Message = fmt.Sprintf("nobody in people.yaml has the handle %s", code(clip(string(text))))
	}
	meant := make([]string, 0, len(m.Who))
	for _, h := range m.Who {
		meant = append(meant, fmt.Sprintf("%s (%s)", code(h), d.People[h].Name))
	}
	switch {
	case m.Surely:
		s.Instead = string(m.Who[0])
		s.Hint = fmt.Sprintf("write %s, the handle of %s", code(m.Who[0]), d.People[m.Who[0]].Name)
		if m.Guessed {
			s.Hint = "did you mean " + meant[0] + "?"
		}
	case len(meant) > 3:
		s.Hint = fmt.Sprintf("that may be %s or %d more: write the handle of whoever it is", strings.Join(meant[:3], ", "), len(meant)-3)
	case len(meant) > 0:
		s.Hint = "did you mean " + words.Or(meant) + "?"
	default:
		s.Hint = "write a handle of people.yaml, or add the person there"
	}
	return s
}
