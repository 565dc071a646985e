// Package doctor says what a repository of escalations lacks, from the folder to the
// forge's settings, each with how to mend it, and what could not be looked at. It
// compares plain facts that somebody else has gathered: it asks nobody, looks at no
// clock, and writes nothing.
package doctor

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/slack"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// Asked is the answer to one question. Where Err is set there is none, and it says
// why: then Answer says nothing, and nobody takes that for well.
type Asked[T any] struct {
	Answer T
	Err    error
}

// Ask makes an answer of what a function returns.
func Ask[T any](answer T, err error) Asked[T] { return Asked[T]{answer, err} }

// Facts is what was seen of a repository.
type Facts struct {
	// Now is the moment that ages are told by.
	Now time.Time
	// Version is that of the program. Only that of a release can be compared.
	Version string
	// Job reports that this runs in a job, whose token is the one that counts.
	Job bool
	// Platform is the forge that people have logins of; Home where the repository is
	// there, as ci.Forge has it, "" where nobody knows.
	Platform ci.Platform
	Home     string

	// Tree is the escalations on disk, Astray why they cannot be read, where they are not
	// simply missing. Without either, there is no folder of escalations.
	Tree   *tree.Tree
	Astray error
	// Workflows are those on disk in which escalate runs, of the platform.
	Workflows []Workflow
	// Form is the file of the issue form on disk; fs.ErrNotExist where there is none.
	Form Asked[[]byte]

	Clone Clone
	// Standing is where the branches stand, Notices what the ledger has, by what this
	// clone got of it where the remote cannot be asked.
	Standing Asked[ledger.Standing]
	Notices  Asked[[]notice.Notice]
	// Refused is why git may not push to the ledger, "" where it may.
	Refused Asked[string]

	// Stranger is why it is not known who is at work here; nil where it is, or does not
	// matter.
	Stranger error
	// Key is what is wrong with the key that markers are signed with; nil where nothing
	// is, or there is none.
	Key error

	// Forge and Slack are nil where they are not configured; Missing are the variables
	// that the forge wants for. Webhook reports that announcements go to Slack by an
	// incoming webhook.
	Forge   *Forge
	Missing []string
	Slack   *Slack
	Webhook bool
}

// Clone is what git says of the folder.
type Clone struct {
	// Err is why it says nothing, such as that the folder is in no repository.
	Err error
	// Shallow reports that the history was cut off.
	Shallow bool
	// Remotes are all there are, Remote the one that counts; "" where there is none,
	// or nobody knows which.
	Remotes []string
	Remote  string
	// Home is where that one is, as ci.Forge has it; "" where it is a folder.
	Home string
	// Ledger reports that there is a branch of the ledger here, whether the remote has it
	// or not.
	Ledger bool
}

// Forge is what a forge answered.
type Forge struct {
	// Name is what people call it.
	Name   string
	Hosted Asked[forge.Hosted]
	// Main and Ledger are what the default branch and that of the ledger are held to.
	Main, Ledger Asked[forge.Guard]
	Jobs         Asked[[]forge.Job]
	// Proposes reports whether jobs may open change requests.
	Proposes Asked[forge.Said]
	// Label reports whether there is the label that the issue form names.
	Label Asked[forge.Said]
	// Pages is how the site of the repository is published.
	Pages Asked[forge.Pages]
	// Hooks are what starts a job where somebody writes, Secrets the variables that jobs
	// get; nil on a forge where the files of the repository say it.
	Hooks   *Asked[[]forge.Hook]
	Secrets *Asked[[]forge.Secret]
	// Today is where repositories are now whose issues the ledger has, by where they were.
	Today map[string]string
}

// Slack is what Slack answered.
type Slack struct {
	Granted       Asked[[]string]
	Announcements Asked[slack.Announcements]
}

// Level says how much something hurts.
type Level string

// The levels.
const (
	// Must: something is not announced, not checked, or nobody is asked for it.
	Must Level = "must"
	// Should: it works, but less well or less safely.
	Should Level = "should"
)

// Ailment is something that is missing or wrong.
type Ailment struct {
	// Name is stable, kebab-case.
	Name  string
	Level Level
	// What is wrong, in one line; Fix what to type, to click or to write.
	What, Fix string
	// Where it is to be mended: a file, with its line, or a page; "" for nowhere in
	// particular.
	Where string
	// About are the people, escalations or others that it is about.
	About []string
}

// Unseen is something that was not looked at, and may be well or not.
type Unseen struct {
	What, Why string
	// Fix is how to have it looked at; "" where that is not known.
	Fix string
}

// Report is all that there is to say.
type Report struct {
	// Ailments are sorted by how much they hurt.
	Ailments []Ailment
	Unseen   []Unseen
	// Blind names what could not be looked at, so that next to nothing is known: the
	// remote, or the ledger; "" where it was looked at.
	Blind string
}

// Must reports whether something must be done.
func (r Report) Must() bool {
	return slices.ContainsFunc(r.Ailments, func(a Ailment) bool { return a.Level == Must })
}

// Examine says what is missing. Its order is that of the checks: what hurts most
// comes first, and what only should be done after all that must.
func Examine(f Facts) Report {
	x := &exam{Facts: f}
	x.read()
	for _, check := range []func(*exam){
		(*exam).folder, (*exam).clone, (*exam).ledger, (*exam).held,
		(*exam).key, (*exam).token, (*exam).hosting, (*exam).workflows, (*exam).pipeline, (*exam).jobs, (*exam).pipelines,
		(*exam).slackApp, (*exam).announcements,
		(*exam).left, (*exam).stuck, (*exam).elsewhere,
		(*exam).proposals, (*exam).branch, (*exam).ledgerBranch, (*exam).form, (*exam).label, (*exam).board,
		(*exam).vacancies, (*exam).unreached, (*exam).unsigned, (*exam).stranger,
	} {
		check(x)
	}
	slices.SortStableFunc(x.report.Ailments, func(a, b Ailment) int { return cmp.Compare(rank(a.Level), rank(b.Level)) })
	return x.report
}

func rank(l Level) int {
	if l == Must {
		return 0
	}
	return 1
}

// exam is one look at the facts.
type exam struct {
	Facts
	open   []*tree.Escalation         // that can be read
	heldUp []string                   // files that are held back
	parts  map[schema.Handle][]string // who has a part in open escalations, and in which
	report Report
}

// read loads each escalation once, and keeps those that are open.
func (x *exam) read() {
	if x.Tree == nil {
		return
	}
	all := make([]*tree.Escalation, len(x.Tree.Paths))
	x.Tree.Each(func(i int, e *tree.Escalation) {
		if e.HeldBack() || e.Closure == nil {
			all[i] = e
		}
	})
	for _, e := range all {
		switch {
		case e == nil:
		case e.HeldBack():
			x.heldUp = append(x.heldUp, e.Path)
		default:
			x.open = append(x.open, e)
		}
	}
	x.parts = parts(x.open, x.Now)
}

// on chooses between the words of GitHub and of GitLab.
func (x *exam) on(gitHub, gitLab string) string {
	if x.Platform == ci.GitLab {
		return gitLab
	}
	return gitHub
}

// guide is the page that says how to set it up.
func (x *exam) guide() string { return x.on("docs/setup.md", "docs/gitlab.md") }

// change is what the forge calls a change that is to be merged.
func (x *exam) change() string { return x.Platform.Change() }

// main is the name of the default branch.
func (x *exam) main() string {
	hosted := ""
	if x.Forge != nil {
		hosted = x.Forge.Hosted.Answer.Default
	}
	return cmp.Or(hosted, x.Standing.Answer.Default, "main")
}

// says adds an ailment.
func (x *exam) says(a Ailment) { x.report.Ailments = append(x.report.Ailments, a) }

func (x *exam) must(name, what, fix string) {
	x.says(Ailment{Name: name, Level: Must, What: what, Fix: fix})
}

func (x *exam) should(name, what, fix string) {
	x.says(Ailment{Name: name, Level: Should, What: what, Fix: fix})
}

// unseen says that something was not looked at.
func (x *exam) unseen(what string, why error, fix string) {
	x.report.Unseen = append(x.report.Unseen, Unseen{what, plainly(why), fix})
}

// plainly is an error in one line, without a login or a password that stands in an
// address.
func plainly(err error) string {
	return withLogin.ReplaceAllString(strings.Join(strings.Fields(err.Error()), " "), "://")
}

var withLogin = regexp.MustCompile(`://[^/\s'"@]*@`)

// some names at most five of a list.
func some(all []string) string {
	const most = 5
	if len(all) > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}
