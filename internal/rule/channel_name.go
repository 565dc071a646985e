package rule

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/process"
	"github.com/escalations-as-code/escalate/schema"
)

func channelName() Rule {
	return Rule{
		Name:        "channel-name",
		NeedsPolicy: true,
		Cites:       []string{"P17"},
		Summary:     "the channel has a legal Slack name that begins with esc_, and is not that of the announcements",
		Why: "Data retention finds the channels of escalations by their beginning. Slack allows small letters, digits, dashes and underscores, at most 80. " +
			"Without `channel:` the name comes from the file's: northwind.yaml gives esc_northwind. The announcement channel is everybody's, and no escalation's own.",
		Reading: "Where the name comes from when the file does not state it is this project's choice. `channels.prefix` in the policy changes the beginning.",
		Fields:  []string{"/channel"},
		Escalation: func(c *Pass) {
			prefix := string(c.Tree.Policy.Channels.Prefix)
			is := process.Channel(c.ID, &c.Escalation.Escalation, c.Tree.Policy)
			switch name := string(c.Channel); {
			case is == c.Tree.Policy.Channels.Announcement:
				c.Error("/channel", fmt.Sprintf("the channel %s is that of the announcements, which is no escalation's own", code(is)),
					"write a `channel:` that begins with "+code(prefix)+" and that nobody else has")
			case name == "":
				if len(is) > longestChannel {
					c.Error("/channel", fmt.Sprintf("the channel %s has %d characters, but Slack allows %d", code(is), len(is), longestChannel),
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

// longestChannel is how many characters Slack allows a channel's name.
const longestChannel = 80

// channelSaid says which name the channel must have.
func channelSaid(message, name string) Said {
	s := Said{Message: message, Hint: "write " + code("channel: "+name)}
	if len(name) <= longestChannel {
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
		Reading:     "Of two, the one whose name is new against the base is at fault; else the one opened later; else the later path. No setting changes this.",
		Groups: func(b *Brief, _ schema.Policy) []string {
			if b.Channel == "" {
				return nil
			}
			return []string{string(b.Channel)}
		},
		Among: func(g *Group) {
			first := slices.MinFunc(g.Members, g.whole.claimed)
			for _, b := range g.Members {
				if b == first {
					continue
				}
				g.Error(b, "/channel", g.Name, func() Said {
					return Said{
						Message: fmt.Sprintf("the channel %s belongs to %s already", code(b.Channel), first.ID),
						Hint:    fmt.Sprintf("write %s, or any other name that is free", code("channel: "+g.whole.freeChannel(b.Channel))),
						With:    first.Path,
					}
				})
			}
		},
		Wrong: Example{
			YAML: "-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\ncustomer: Northwind Seeds\nchannel: esc_northwind\n",
			Mark: "customer: Northwind Traders", // the first line of the later file, which states no channel
		},
		Right: ex("-- escalations/2026/northwind.yaml --\ncustomer: Northwind Traders\n-- escalations/2026/northwind-again.yaml --\ncustomer: Northwind Seeds\nchannel: esc_northwind-2\n"),
	}
}

// claimed orders escalations by who had a channel's name first (P17).
func (w *Whole) claimed(a, b *Brief) int {
	isNew := func(b *Brief) int {
		if w.Had == nil {
			return 0
		}
		if was, had := w.Had(b.Path); had && was.Channel == b.Channel {
			return 0
		}
		return 1
	}
	return cmp.Or(isNew(a)-isNew(b), a.Opened.Compare(b.Opened), strings.Compare(a.Path, b.Path))
}

// freeChannel is a name like another one that nobody has, and that was not proposed
// before.
func (w *Whole) freeChannel(name schema.ChannelName) schema.ChannelName {
	for n := 2; ; n++ {
		end := fmt.Sprintf("-%d", n)
		free := name[:min(len(name), longestChannel-len(end))] + schema.ChannelName(end)
		if taken := w.Register.groups[GroupID{"channel-unique", string(free)}]; len(taken) > 0 || w.proposed[free] {
			continue
		}
		if w.proposed == nil {
			w.proposed = map[schema.ChannelName]bool{}
		}
		w.proposed[free] = true
		return free
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

// named returns the first word of a customer's name that is in one of other names;
// empty where none is. Names of files and channels are ASCII: letters are compared
// without their accents. A short word is in a name only where it stands alone, and
// one such as "of" says nothing.
func named(customer string, names ...string) string {
	for _, word := range split(customer) {
		plain := strings.ToLower(word)
		short := utf8.RuneCountInString(plain) < 4
		if short && (plain == word || len(plain) < 2) && strings.Trim(plain, "0123456789") == plain {
			continue
		}
		for _, name := range names {
			name = strings.ToLower(name)
			if short && slices.Contains(split(name), plain) || !short && strings.Contains(name, plain) {
				return plain
			}
		}
	}
	return ""
}

// split returns the words of a name, without accents.
func split(name string) []string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(name))
	return strings.FieldsFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
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
				t.Error("/visibility", fmt.Sprintf("the escalation was opened as %s, and stays so", code(was)), "write `visibility: "+string(was)+"`").Also = "/customer"
			}
		},
		Wrong: changed("customer: Fabrikam\n", "customer: Fabrikam\nvisibility: restricted\n", "restricted"),
		Right: changed("customer: Fabrikam\n", "customer: Fabrikam\nvisibility: public\n", ""),
	}
}
