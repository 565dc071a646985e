package rule

import (
	"fmt"
	"path"
	"strings"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
)

func channelName() Rule {
	return Rule{
		Name:        "channel-name",
		NeedsPolicy: true,
		Cites:       []string{"P17"},
		Summary:     "the channel has a legal Slack name that begins with esc_",
		Why: "Data retention finds the channels of escalations by their beginning. Slack allows small letters, digits, dashes and underscores, at most 80. " +
			"Without `channel:` the name comes from the file's: northwind.yaml gives esc_northwind.",
		Reading: "Where the name comes from when the file does not state it is this project's choice. `channels.prefix` in the policy changes the beginning.",
		Fields:  []string{"/channel"},
		Escalation: func(c *Pass) {
			prefix := string(c.Tree.Policy.Channels.Prefix)
			switch name := string(c.Channel); {
			case name == "":
				if derived := process.Channel(c.ID, &c.Escalation.Escalation, c.Tree.Policy); len(derived) > 80 {
					c.Error("/channel", fmt.Sprintf("the channel %s has %d characters, but Slack allows 80", code(derived), len(derived)),
						"write a shorter `channel:`")
				}
			case !strings.HasPrefix(name, prefix):
				c.Tell("/channel", channelSaid(fmt.Sprintf("the channel's name must begin with %s", code(prefix)), prefixed(name, prefix)))
			case name == prefix:
				c.Tell("/channel", channelSaid("the channel's name must go on after its beginning", prefix+path.Base(string(c.ID))))
			}
		},
		Wrong: marked("channel: northwind\n", "northwind"),
		Right: ex("channel: esc_northwind\n"),
	}
}

// channelSaid says which name the channel must have.
func channelSaid(message, name string) Said {
	s := Said{Message: message, Hint: "write " + code("channel: "+name)}
	if len(name) <= 80 {
		s.Instead = name
	}
	return s
}

// prefixed is a channel's name with the prefix of the policy. What is the prefix
// already, but for a dash in the place of an underscore, is not put there twice.
func prefixed(name, prefix string) string {
	stem := strings.TrimRight(prefix, "-_")
	if rest, has := strings.CutPrefix(name, stem); has && stem != "" && rest != strings.TrimLeft(rest, "-_") {
		name = strings.TrimLeft(rest, "-_")
	}
	return prefix + name
}

func channelUnique() Rule {
	return Rule{
		Name:        "channel-unique",
		NeedsPolicy: true,
		Cites:       []string{"P17"},
		Summary:     "no two escalations have the same channel",
		Why:         "An archived channel keeps its name in Slack, so the second escalation of a customer needs another, such as esc_northwind-2. It follows from the file's name if that is northwind-2.yaml.",
		Whole: func(w *Whole) {
			first := map[string]string{}
			names := map[string]bool{}
			for _, b := range w.Escalations {
				names[string(b.Channel)] = true
			}
			for _, b := range w.Escalations {
				name := string(b.Channel)
				if name == "" {
					continue
				}
				other, taken := first[name]
				if !taken {
					first[name] = b.Path
					continue
				}
				free := name
				for n := 2; ; n++ {
					free = fmt.Sprintf("%s-%d", name, n)
					if !names[free] {
						names[free] = true
						break
					}
				}
				w.TellIn(b.Path, "/channel", name, Said{
					Message: fmt.Sprintf("the channel %s belongs to %s already", code(name), tree.ID(other)),
					Hint:    fmt.Sprintf("write %s, or any other name that is free", code("channel: "+free)),
				})
			}
		},
		Wrong: Example{
			YAML: "-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\nchannel: esc_northwind\n",
			Mark: "# yaml-language-server: $schema=../../schema/escalation.schema.json", // line 1 of the later file, which states no channel
		},
		Right: ex("-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\nchannel: esc_northwind-2\n"),
	}
}

func publicChannel() Rule {
	return Rule{
		Name:    "public-channel",
		Cites:   []string{"P17"},
		Summary: "an escalation is public (a warning)",
		Why: "The process wants the channel public, so that whoever can help finds it. `visibility: restricted` keeps the text out of the announcement, which then has only id, severity and DRI. " +
			"It does not hide the file: whoever can read this repository can read it.",
		Fields: []string{"/visibility"},
		Escalation: func(c *Pass) {
			if c.Visibility == "restricted" {
				c.Warn("/visibility", "a restricted escalation announces only id, severity and DRI, but the process wants it public",
					"leave `visibility` out, unless there is a strong reason")
			}
		},
		Wrong: marked("visibility: restricted\n", "restricted"),
		Right: ex("visibility: public\n"),
	}
}
