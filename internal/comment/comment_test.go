package comment_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
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
		"/update both The test\r\nis booked.\r\n\r\nOn Tuesday.": `update text="The test\nis booked.\n\nOn Tuesday." to="internal|customer"`,
		"/Update Customer: done":                                 `update text="done" to="customer"`,
		// The first word is to whom only where it is no part of the sentence: else the file
		// would say that the customer was told.
		"/update customer's network is down":                        `update text="customer's network is down"`,
		"/update Customer’s network is down":                        `update text="Customer’s network is down"`,
		"/update both-sided":                                        `update text="both-sided"`,
		"/update Customer confirmed the fix.":                       `update text="Customer confirmed the fix."`,
		"/update Customer\nall is well.":                            `update text="all is well." to="customer"`,
		"/update Both \n\niPads work.":                              `update text="iPads work." to="internal|customer"`,
		"/Update Customer The fix is confirmed.":                    `update text="The fix is confirmed." to="customer"`,
		"/update Both: they confirmed it.":                          `update text="they confirmed it." to="internal|customer"`,
		"/update customer they confirmed it.":                       `update text="they confirmed it." to="customer"`,
		"/update customer":                                          `update to="customer"`,
		"/update customer\nthey confirmed it.":                      `update text="they confirmed it." to="customer"`,
		"/update internally all is well":                            `update text="internally all is well"`,
		"/significant both They stop.":                              `significant significant="yes" text="They stop." to="internal|customer"`,
		"/severity critical because the rollout has stopped.":       `severity level="critical" why="the rollout has stopped."`,
		"/severity critical\nThe rollout has stopped.":              `severity level="critical" why="The rollout has stopped."`,
		"/severity critical":                                        `severity level="critical"`,
		"/severity critical because it stops\n/product-dri @dpatel": `severity level="critical" product-dri="@dpatel" why="it stops"`,
		// What people put around the parts of it.
		"/severity critical, because it stops.":                                                              `severity level="critical" why="it stops."`,
		"/severity critical\nIt stops.\nBecause of the network, and because they wait.":                      `severity level="critical" why="It stops.\nBecause of the network, and because they wait."`,
		"/severity critical\nbecause it stops":                                                               `severity level="critical" why="it stops"`,
		"/severity critical because it stops\n/product-dri @dpatel because Min is away":                      `severity level="critical" product-dri="@dpatel" why="it stops\n\nMin is away"`,
		"/severity high because x\nProduct-related: no\n**product-reason:** Their proxy":                     `severity level="high" product-reason="Their proxy" product-related="no" why="x"`,
		"/snooze until friday, because they are closed":                                                      `snooze reason="they are closed" until="friday"`,
		"/cover @rking until friday, because Jo is on leave":                                                 `cover reason="Jo is on leave" stand-in="@rking" until="friday"`,
		"/cover @rking\nuntil friday\nbecause Jo is on leave":                                                `cover reason="Jo is on leave" stand-in="@rking" until="friday"`,
		"/step Call them, @jodoe.":                                                                           `step owner="@jodoe" step="Call them"`,
		"/reopen It is back.\nThe queue is long.":                                                            `reopen why="It is back.\nThe queue is long."`,
		"/reopen The queue is back because the disk is full":                                                 `reopen why="The queue is back because the disk is full"`,
		"/close\nResolution: resolved\nOutcome : positive\n`summary`: It was split.\n- **Sentiment**: green": `close outcome="positive" resolution="resolved" sentiment="green" summary="It was split."`,
		"/close\noutcome: positive\nsummary: They are fast.\nOutcome: all of them.\nsummary: none":           `close outcome="positive" summary="They are fast.\nOutcome: all of them.\nsummary: none"`,
		"/close\nsummary:\noutcome:\n\nsummary: They are fast.":                                              `close summary="They are fast."`,
		// A keyboard's capital, blanks that do not break, what nobody sees, a mark behind it.
		"/UPDATE The test is booked.":                           `update text="The test is booked."`,
		"/update: The test is booked.":                          `update text="The test is booked."`,
		"/help!":                                                "help",
		"/update\u00a0customer\u00a0Told\u202fthem.":            `update text="Told them." to="customer"`,
		"\u00a0/update x":                                       `update text="x"`,
		"\u200f/update x":                                       `update text="x"`,
		"\ufeff/update x":                                       `update text="x"`,
		"/step Call them\u00a0@jodoe\u00a0friday":               `step due="friday" owner="@jodoe" step="Call them"`,
		"/product_dri @dpatel":                                  "?/product_dri /product-dri",
		"/product-dri @dpatel because Min is away":              `product-dri product-dri="@dpatel" why="Min is away"`,
		"/step Load test with them @jodoe 2026-12-01":           `step due="2026-12-01" owner="@jodoe" step="Load test with them"`,
		"/step Load test, @jodoe by next friday.":               `step due="next friday" owner="@jodoe" step="Load test"`,
		"/step Load test":                                       `step step="Load test"`,
		"/done 2\n/met failover drill":                          "done done=\"2\"\nmet criterion=\"failover drill\"",
		"/cover @rking until 2026-12-04 because Jo is on leave": `cover reason="Jo is on leave" stand-in="@rking" until="2026-12-04"`,
		"/snooze 2026-11-30 because holidays":                   `snooze reason="holidays" until="2026-11-30"`,
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
		"/update All is well.\n\n-- \nJo Doe\n/done 3":                                                                                                      `update text="All is well."`,
		"/update All is well.\n\nSent from my phone\n/done 3":                                                                                               `update text="All is well."`,
		"/update All is well.\n________________________________\nFrom: x":                                                                                   `update text="All is well."`,
		"/update All is well.\n\nOn Tue, Nov 24, 2026 at 10:30 AM Jo Doe <notifications@github.com>\nwrote:\n\n/done 1":                                     `update text="All is well."`,
		"/update All is well.\n\nAm 24.11.26 um 10:30 schrieb Jo Doe:\n> /done 1\n\n/done 3":                                                                `update text="All is well."`,
		"/update All is well.\n\nFrom: Jo Doe <x@y.example>\nSent: Tuesday\nTo: x\nSubject: Re: [acme/x] Northwind (2026/northwind) (Issue #12)\n\n/done 1": `update text="All is well."`,
		"/update All is well.\n\n**Von:** Jo Doe\n**Gesendet:** Dienstag\n**Betreff:** AW: x | Northwind (#12)\n/done 1":                                    `update text="All is well."`,
		"/update All is well.\n\nAm Di., 24. Nov. 2026 schrieb Jo Doe:\n\n> /done 1\n\n/done 3":                                                             `update text="All is well."`,
		// Who says in an update that somebody wrote, goes on, also with the mail of a customer.
		"/update customer\nFrom: Ada <a@customer.example>\nSubject: Builds\n\nThey are slow.": `update text="From: Ada <a@customer.example>\nSubject: Builds\n\nThey are slow." to="customer"`,
		"/update customer\nOn Monday they wrote:\nBuilds are slow.":                           `update text="On Monday they wrote:\nBuilds are slow." to="customer"`,
		"/update\nFrom: Monday\nTo: Friday\n/done 1":                                          "update text=\"From: Monday\\nTo: Friday\"\ndone done=\"1\"",
		// What was probably meant.
		"/udpate All is well.": "?/udpate /update",
		"/updates x\n/done 1":  "done done=\"1\"\n?/updates /update",
	} {
		if got := say(onGitHub.Read(body)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
		// With the prefix before each, it is the same.
		prefixed := command.ReplaceAllString(body, "${1}/esc ")
		want := regexp.MustCompile(`(?m)^\?/(\S+) /`).ReplaceAllString(want, "?/esc $1 /esc ")
		if strings.HasPrefix(body, "/usr") || strings.HasPrefix(body, "/shrug") || strings.Contains(body, "/etc") || strings.Contains(body, "log:") {
			continue // see TestPrefix
		}
		if got := say(onGitLab.Read(prefixed)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", prefixed, got, want)
		}
	}
}

var (
	onGitHub = comment.On(ci.GitHub)
	onGitLab = comment.On(ci.GitLab)

	// command is where a command begins, in these tests.
	command = regexp.MustCompile(`(?m)^([ \x{a0}\x{200f}\x{feff}]*(?:> |<!-- )?)/`)
)

// On a forge with quick actions of its own, those keep their meaning, and ours begin with
// a word.
func TestPrefix(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"/ESC Update All is well.":          `update text="All is well."`,
		"/esc@escalate update All is well.": `update text="All is well."`,
		"/esc@ update All is well.":         `update text="All is well."`,
		"/esc /update All is well.":         `update text="All is well."`,
		"/esc update: All is well.":         `update text="All is well."`,
		"  /esc\tupdate  All is well.":      `update text="All is well."`,
		"/esc":                              "help",
		"/esc@escalate":                     "help",
		"/esc help":                         "help",
		"/esc close":                        "close",
		"/esc close\nresolution: resolved\nsummary: Fast.":                  `close resolution="resolved" summary="Fast."`,
		"/esc update One.\n\n/esc done 1\r\n/esc met 2\n":                   "update text=\"One.\"\ndone done=\"1\"\nmet criterion=\"2\"",
		"/esc severity critical because it stops\n/esc product-dri @dpatel": `severity level="critical" product-dri="@dpatel" why="it stops"`,
		// A path is text, and so is what GitLab carries out, if any of it is left.
		"/esc update /etc is full\n/etc/passwd, too": `update text="/etc is full\n/etc/passwd, too"`,
		"/close":                            "",
		"/close this":                       "",
		"/assign @jdoe\n/label ~x":          "",
		"/done\n/reopen\n/severity S1":      "",
		"  /close":                          "",
		"/shrug":                            "",
		"/esc update One.\n/close\nTwo.":    `update text="One.\n/close\nTwo."`,
		"/esc update One.\n/assign me\nTwo": `update text="One.\n/assign me\nTwo"`,
		"/escape from here":                 "",
		"/esc-update x":                     "",
		"see /esc update":                   "",
		// What lacks the prefix, and would be ours, is not lost in silence.
		"/update All is well.":              "?/update /esc update",
		"/Step Look":                        "?/step /esc step",
		"/esc update One.\n/met 1":          "update text=\"One.\"\n?/met /esc met",
		"/udpate All is well.":              "",
		"/update@bot x":                     "",
		"/esc udpate All is well.":          "?/esc udpate /esc update",
		"/esc frobnicate":                   "?/esc frobnicate ",
		"/esc 2 is done":                    "?/esc 2 ",
		"/esc update One.\n/esc nonsense x": "update text=\"One.\"\n?/esc nonsense ",
		// Code and quotations, also those of many lines.
		"```\n/esc done 1\n```":              "",
		"    /esc done 1":                    "",
		"> /esc done 1":                      "",
		">>>\n/esc done 1\n>>>\n/esc done 2": `done done="2"`,
		">>> [!note] What she said\n/esc done 1\n>>>\n/esc done 2": `done done="2"`,
		">>>\n/esc done 1":                              "",
		"```\n>>>\n```\n/esc done 1":                    `done done="1"`,
		">>>\n-- \n>>>\n/esc done 1":                    `done done="1"`,
		"/esc update One.\n>>>\n/esc done 1\n>>>\nTwo.": `update text="One.\nTwo."`,
	} {
		if got := say(onGitLab.Read(body)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
	// There is no prefix where there are no quick actions.
	for _, body := range []string{"/esc update x", "/esc", "/esc help", ">>>\n/esc done"} {
		if got := say(onGitHub.Read(body)); got != "" {
			t.Errorf("%q is read as %s", body, got)
		}
	}
	if got := say(onGitHub.Read(">>>\n/done 1\n>>>")); got != `done done="1"` {
		t.Errorf("what begins a quotation of one line on GitHub ends the commands: %s", got)
	}
}

// Whatever tells people of a command writes it as the forge has it.
func TestUsage(t *testing.T) {
	t.Parallel()
	for _, d := range []comment.Dialect{onGitHub, onGitLab} {
		for _, u := range d.Usage() {
			if !strings.HasPrefix(u.Written, d.Written(u.Name)) {
				t.Errorf("%s is written %q", u.Name, u.Written)
			}
			for _, text := range []string{u.Written, u.Does} {
				if n := strings.Count(text, "/"); n != strings.Count(text, d.Written("")) {
					t.Errorf("%q has a command that is written otherwise", text)
				}
			}
			if read := d.Read(u.Written); len(read.Commands) != 1 || read.Commands[0].Name != u.Name || len(read.Unknown) > 0 {
				t.Errorf("%q is read as %s", u.Written, say(read))
			}
		}
		if got, want := d.Beside("severity", "product-dri"), d.Written("product-dri")+" @login"; got != want {
			t.Errorf("a Product DRI is named by %q, want %q", got, want)
		}
		if got := d.Beside("close", "outcome"); got != "outcome: ANSWER" {
			t.Errorf("an outcome is answered by %q", got)
		}
	}
	if fix := onGitLab.Usage()[15]; fix.Name != "fix" || !strings.HasPrefix(fix.Does, "on a merge request: ") {
		t.Errorf("on GitLab, fix is %+v", fix)
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
		for _, u := range onGitHub.Usage() {
			for _, x := range onGitHub.Read("/" + u.Name + " " + text).Commands {
				if x.Act == "" {
					continue
				}
				a, ok := acts[x.Act]
				if !ok {
					t.Fatalf("%s: there is no act %q", u.Name, x.Act)
				}
				for q := range x.Given {
					if _, asks := a.Question(q); !asks {
						t.Errorf("%s: %s asks no %q", u.Name, x.Act, q)
					}
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("/update both x\n> y\n```\n/done\n```")
	f.Add("/esc update both x\n>>>\n/esc y\n>>>\n/esc")
	f.Fuzz(func(t *testing.T, body string) {
		for _, x := range onGitHub.Read(body).Commands {
			if !strings.Contains(strings.ToLower(body), "/"+x.Name) {
				t.Errorf("nobody wrote /%s", x.Name)
			}
		}
		for _, x := range onGitLab.Read(body).Commands {
			if lower := strings.ToLower(body); !strings.Contains(lower, "/esc") || x.Name != "help" && !strings.Contains(lower, x.Name) {
				t.Errorf("nobody wrote /esc %s", x.Name)
			}
		}
	})
}
