package rule

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
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
			YAML: "-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\ncustomer: Northwind Seeds\nchannel: esc_northwind\n",
			Mark: "# yaml-language-server: $schema=../../schema/escalation.schema.json", // line 1 of the later file, which states no channel
		},
		Right: ex("-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\ncustomer: Northwind Seeds\nchannel: esc_northwind-2\n"),
	}
}

func publicChannel() Rule {
	return Rule{
		Name:    "public-channel",
		Cites:   []string{"P17"},
		Summary: "an escalation is public (a warning)",
		Why: "The process wants the channel public, so that whoever can help finds it. `visibility: restricted` keeps the text out of the announcement, which then has only id, severity, DRI and who is informed. " +
			"It does not hide the file: whoever can read this repository can read it. The id and the channel's name are told: they should not name the customer.",
		Reading: "That an escalation may be restricted at all is this project's reading. No setting changes it.",
		Fields:  []string{"/visibility"},
		Escalation: func(c *Pass) {
			if c.Visibility != schema.Restricted {
				return
			}
			c.Warn("/visibility", "a restricted escalation announces only id, severity, DRI and who is informed, but the process wants it public",
				"leave `visibility` out, unless there is a strong reason")
			channel := process.Channel(c.ID, &c.Escalation.Escalation, c.Tree.Policy)
			if word := named(string(c.Customer), path.Base(string(c.ID)), strings.TrimPrefix(string(channel), string(c.Tree.Policy.Channels.Prefix))); word != "" {
				c.Warn("/customer", fmt.Sprintf("the announcement names the customer all the same: %s is in the id or the channel's name", code(word)),
					"before it is merged, give the file and the channel names that say nothing, such as `confidential-1`")
			}
		},
		Wrong: marked("customer: Fabrikam\nvisibility: restricted\n", "restricted"),
		Right: ex("visibility: public\n"),
	}
}

// named returns the first word of a customer's name, of three letters or more,
// that is one of the words of other names; empty where there is none.
func named(customer string, names ...string) string {
	split := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	}
	var taken []string
	for _, n := range names {
		taken = append(taken, split(n)...)
	}
	for _, word := range split(customer) {
		if utf8.RuneCountInString(word) > 2 && slices.Contains(taken, word) {
			return word
		}
	}
	return ""
}

func visibilityKept() Rule {
	return Rule{
		Name:    "visibility-kept",
		Cites:   []string{"P17"},
		Summary: "whether an escalation is public is set at the opening and never changes",
		Why: "What was announced cannot be taken back, and a public channel cannot be made private with what was said in it. " +
			"What was kept back was kept back for a reason: it is not told later by a change of one word.",
		Transition: func(t *Transition) {
			if t.Before == nil {
				return
			}
			was, is := cmp.Or(t.Before.Visibility, schema.Public), cmp.Or(t.Visibility, schema.Public)
			if was != is {
				t.Error("/visibility", fmt.Sprintf("the escalation was opened as %s, and stays so", code(was)), "write `visibility: "+string(was)+"`")
			}
		},
		Wrong: changed("customer: Fabrikam\n", "customer: Fabrikam\nvisibility: restricted\n", "restricted"),
		Right: changed("customer: Fabrikam\n", "customer: Fabrikam\nvisibility: public\n", ""),
	}
}
