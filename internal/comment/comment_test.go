package comment_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/comment"
)

// say writes a comment down as one line for each command.
func say(c comment.Comment) string {
	var b strings.Builder
	for _, x := range c.Commands {
		fmt.Fprintf(&b, "%s", x.Name)
		for _, q := range slices.Sorted(maps.Keys(x.Given)) {
			fmt.Fprintf(&b, " %s=%q", q, strings.Join(x.Given[q], "|"))
		}
		b.WriteByte('\n')
	}
	for _, name := range slices.Sorted(maps.Keys(c.Unknown)) {
		fmt.Fprintf(&b, "?%s %s\n", name, c.Unknown[name])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestRead(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                            "",
		"Thanks, looks good.":         "",
		"/update The test is booked.": `update text="The test is booked."`,
		"/update both The test\r\nis booked.\r\n\r\nOn Tuesday.":                           `update text="The test\nis booked.\n\nOn Tuesday." to="internal|customer"`,
		"/Update Customer: done":                                                           `update text="done" to="customer"`,
		"/update internally all is well":                                                   `update text="internally all is well"`,
		"/significant both They stop.":                                                     `significant significant="yes" text="They stop." to="internal|customer"`,
		"/severity critical because the rollout has stopped.":                              `severity level="critical" why="the rollout has stopped."`,
		"/severity critical\nThe rollout has stopped.":                                     `severity level="critical" why="The rollout has stopped."`,
		"/severity critical":                                                               `severity level="critical"`,
		"/severity critical because it stops\n/product-dri @dpatel":                        `severity level="critical" product-dri="@dpatel" why="it stops"`,
		"/product-dri @dpatel because Min is away":                                         `product-dri product-dri="@dpatel" why="Min is away"`,
		"/step Load test with them @jodoe 2026-12-01":                                      `step due="2026-12-01" owner="@jodoe" step="Load test with them"`,
		"/step Load test, @jodoe by next friday.":                                          `step due="next friday" owner="@jodoe" step="Load test"`,
		"/step Load test":                                                                  `step step="Load test"`,
		"/done 2\n/met failover drill":                                                     "done done=\"2\"\nmet criterion=\"failover drill\"",
		"/cover @rking until 2026-12-04 because Jo is on leave":                            `cover reason="Jo is on leave" stand-in="@rking" until="2026-12-04"`,
		"/snooze 2026-11-30 because holidays":                                              `snooze reason="holidays" until="2026-11-30"`,
		"/reopen because it is back\n/criterion Fast for a week\n/step Look @jodoe friday": `reopen criterion="Fast for a week" due="friday" owner="@jodoe" step="Look" why="it is back"`,
		"/close": "close",
		"/close\nresolution: resolved\noutcome: positive\nsummary: It was split:\n  by team.\n- sentiment: green\nagreement:\n": `close outcome="positive" resolution="resolved" sentiment="green" summary="It was split:\n  by team."`,
		"/help": "help", "/fix": "fix",
		// What is quoted, code, a path or a command of others is none.
		"> /update old news\n\nI see.":                   "",
		"```\n/severity low because x\n```":              "",
		"    /severity low because x":                    "",
		"/usr/bin/git fails":                             "",
		"/shrug":                                         "",
		"see /update":                                    "",
		"<!-- /severity low because x -->":               "",
		"<!-- /severity low because x":                   "",
		"/update The log:\n```\n/done 1\n> x\n```\nEnd.": `update text="The log:\n` + "```" + `\n/done 1\n> x\n` + "```" + `\nEnd."`,
		"/update One.\n> /done 1\n/done 2":               "update text=\"One.\"\ndone done=\"2\"",
		"/update /etc is full\n/etc/passwd, too":         `update text="/etc is full\n/etc/passwd, too"`,
		// A reply by mail.
		"/update All is well.\n\nOn Tue, 24 Nov 2026 at 10:30, Jo Doe <notifications@github.com> wrote:\n\n> /done 1\n\n/done 3": `update text="All is well."`,
		"/update All is well.\n\n-- \nJo Doe\n/done 3":                    `update text="All is well."`,
		"/update All is well.\n\nSent from my phone\n/done 3":             `update text="All is well."`,
		"/update All is well.\n________________________________\nFrom: x": `update text="All is well."`,
		// What was probably meant.
		"/udpate All is well.": "?udpate update",
		"/updates x\n/done 1":  "done done=\"1\"\n?updates update",
	} {
		if got := say(comment.Read(body)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
}

// What a command answers, its act asks.
func TestQuestions(t *testing.T) {
	t.Parallel()
	acts := map[string]act.Act{}
	for _, a := range act.All() {
		acts[a.Name] = a
	}
	for _, text := range []string{"", "customer x @jdoe until 2026-11-30 because y", "x @jdoe friday", "resolution: x\nreason: y\nduplicate-of: z\noutcome: a\nmet: b\nexit-criteria-met: c\nwhy-not: d\nsummary: e\nagreement: f\nwaived: g\nwaived-by: h\nasked: i\nsentiment: j\npattern-issue: k"} {
		for _, u := range comment.Usage() {
			name, _, _ := strings.Cut(u[0], " ")
			for _, x := range comment.Read(name + " " + text).Commands {
				if x.Act == "" {
					continue
				}
				a, ok := acts[x.Act]
				if !ok {
					t.Fatalf("%s: there is no act %q", name, x.Act)
				}
				for q := range x.Given {
					if _, asks := a.Question(q); !asks {
						t.Errorf("%s: %s asks no %q", name, x.Act, q)
					}
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("/update both x\n> y\n```\n/done\n```")
	f.Fuzz(func(t *testing.T, body string) {
		c := comment.Read(body)
		for _, x := range c.Commands {
			if !strings.Contains(strings.ToLower(body), "/"+x.Name) {
				t.Errorf("nobody wrote /%s", x.Name)
			}
		}
	})
}
