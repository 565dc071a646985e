package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/process"
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
		Wrong: marked("fyi: [rkign]\n", "rkign"),
		Right: ex("fyi: [rking]\n"),
	}
}

func unknownPerson(h schema.Handle, d schema.Directory) Said {
	handles := make([]string, 0, len(d.People))
	for _, k := range slices.Sorted(maps.Keys(d.People)) {
		handles = append(handles, string(k))
	}
	s := didYouMean(fmt.Sprintf("nobody in people.yaml has the handle %s", code(h)), h, handles, "write a handle of people.yaml, or add the person there")
	if meant := nearest.Of(string(h), handles); meant != "" {
		s.Hint = fmt.Sprintf("did you mean %s (%s)?", code(meant), d.People[schema.Handle(meant)].Name)
	}
	return s
}
