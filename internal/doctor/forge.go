package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/words"
)

// settings is where the settings of a repository are clicked.
func settings(path string) string { return "Settings, " + path }

// toSet says what to set, so that the forge can be asked.
func (x *exam) toSet() string {
	all := make([]string, len(x.Missing))
	for i, name := range x.Missing {
		what := x.on("owner/name", "group/project")
		if name == x.tokenName() {
			what = x.on("a token such as `gh auth token` prints", "a project access token with the scope api")
		}
		all[i] = words.Code(name) + " (" + what + ")"
	}
	return "set " + words.And(all)
}

// token is whether the forge takes the token.
func (x *exam) token() {
	switch {
	case x.Forge == nil && x.Job && slices.Contains(x.Missing, x.tokenName()):
		x.must("token-missing", "this job has no token for the forge: no tracking issue can be written", x.on("pass it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`",
			"add the variable GITLAB_TOKEN, masked and protected, and protect the default branch: a job of another branch does not get it"))
	case x.Forge == nil && len(x.Missing) == 0:
		x.unseen(x.asked("the forge"), errors.New("it was not asked"), "")
	case x.Forge == nil:
		x.unseen(x.asked("the forge"), fmt.Errorf("%s %s not set", words.And(code(x.Missing)), words.Agree(len(x.Missing), "is", "are")),
			x.toSet())
	case errors.Is(x.Forge.Hosted.Err, forge.ErrToken):
		x.must("token-invalid", x.Forge.Name+" does not take the token", "give "+x.tokenName()+" one that is valid: it may have expired, or been revoked")
	case errors.Is(x.Forge.Hosted.Err, forge.ErrGone):
		x.must("repository-unseen", x.Forge.Name+" shows this token no such repository",
			x.on("write GITHUB_REPOSITORY as owner/name", "write CI_PROJECT_PATH as group/project")+", and give the token access to that repository")
	case !x.answers():
		x.unseen(x.asked(x.Forge.Name), x.Forge.Hosted.Err, "")
	}
}

// tokenName is the variable that holds the token for the forge.
func (x *exam) tokenName() string { return x.on("GITHUB_TOKEN", "GITLAB_TOKEN") }

// asked is what the forge is asked for.
func (x *exam) asked(name string) string {
	return "what " + name + " has: settings, " + x.on("workflows", "schedules, webhooks, variables") + ", protection"
}

// answers reports whether the forge answers at all: it takes the token, and shows the
// repository, or something of it.
func (x *exam) answers() bool {
	return x.Forge != nil && (x.Forge.Hosted.Err == nil || errors.Is(x.Forge.Hosted.Err, forge.ErrForbidden))
}

// hosting is what the forge says of the repository.
func (x *exam) hosting() {
	if !x.answers() {
		return
	}
	h := x.Forge.Hosted.Answer
	if err := x.Forge.Hosted.Err; err != nil {
		x.unseen("what "+x.Forge.Name+" says of the repository and the token", err, "")
		return
	}
	if h.Archived == forge.Yes {
		x.must("repository-archived", "the repository is archived: nobody can write, and no "+x.on("workflow", "job")+" runs", settings(x.on("General, Danger Zone, Unarchive this repository", "General, Advanced, Unarchive project")))
	}
	switch h.Write {
	case forge.No:
		x.must("token-weak", "the token may not push and write issues", x.on("give GITHUB_TOKEN one with `contents: write` and `issues: write` (a classic one: `repo`), of somebody who may write", "give GITLAB_TOKEN a project access token with the role Maintainer and the scope api"))
	case forge.Unsaid:
		x.unseen("whether the token may push and write issues", fmt.Errorf("%s does not say it of a token of this kind", x.Forge.Name), "")
	}
	switch h.Issues {
	case forge.No:
		x.must("issues-off", "the repository has no issues: no escalation can have a tracking issue", settings(x.on("General, Features, Issues", "General, Visibility, project features, permissions: Issues")))
	case forge.Unsaid:
		x.unseen("whether the repository has issues", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	}
	switch h.Private {
	case forge.No:
		x.should("repository-public", "the repository is public: everybody on the internet reads every escalation", settings(x.on("General, Danger Zone, Change visibility", "General, Visibility, project features, permissions: Project visibility")))
	case forge.Unsaid:
		x.unseen("whether the repository is private", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	}
}

// long is after how long without a run a schedule has stopped, which may be hours late:
// one that goes by the days of the week or the month may pass over some days.
func (x *exam) long(file string) time.Duration {
	for _, w := range x.Workflows {
		for _, cron := range w.Schedules {
			if fields := strings.Fields(cron); w.File == file && len(fields) == 5 && fields[2] == "*" && fields[4] == "*" {
				return 24 * time.Hour
			}
		}
	}
	return 4 * 24 * time.Hour
}

// jobs is whether the workflows run.
func (x *exam) jobs() {
	runs := x.files()
	if !x.answers() || len(runs) == 0 || x.Platform == ci.GitLab { // which has schedules instead
		return
	}
	if err := x.Forge.Jobs.Err; err != nil {
		x.unseen("whether the workflows are enabled, and run", err, "")
		return
	}
	for _, file := range slices.Sorted(maps.Keys(runs)) {
		j, there := x.job(file)
		if !there {
			x.says(Ailment{Name: "workflow-unpushed", Level: hurts(runs[file]), Where: file, What: "this workflow is not on the default branch, so nothing runs it", Fix: "commit it, and push or merge it"})
			continue
		}
		x.runs(j, runs[file])
	}
}

// runs is whether one workflow runs, and how it went.
func (x *exam) runs(j forge.Job, commands []string) {
	where := cmp.Or(j.Page, j.File)
	name := j.File[strings.LastIndex(j.File, "/")+1:]
	if j.Disabled != "" {
		x.says(Ailment{Name: "workflow-disabled", Level: hurts(commands), Where: where, About: []string{j.File}, What: fmt.Sprintf("the workflow %s is disabled (%s)", name, j.Disabled),
			Fix: fmt.Sprintf("Actions, %s, Enable workflow; or `gh workflow enable %s`", name, name)})
		return
	}
	if j.Failed != "" && slices.ContainsFunc(commands, func(c string) bool { return c != "lint" && c != "plan" }) { // which fail for what they find
		x.says(Ailment{Name: "workflow-failed", Level: hurts(commands), Where: j.Failed, About: []string{j.File}, What: fmt.Sprintf("the last run of %s failed", name), Fix: "its page says why; then run it again"})
	}
	lost := ""
	switch {
	case slices.Contains(commands, "stale"):
		lost = "nobody is asked for what is overdue"
	case slices.Contains(commands, "bot"):
		lost = "what a run left that failed is not made good"
	case slices.Contains(commands, "site"):
		lost = "the board is old"
	default:
		return
	}
	byHand := fmt.Sprintf("Actions, %s, Run workflow; or `gh workflow run %s`", name, name)
	switch since := x.Now.Sub(j.Began); {
	case j.Ran == forge.Unsaid:
		x.unseen("when "+name+" ran last", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	case j.Ran == forge.No:
		x.says(Ailment{Name: "workflow-idle", Level: hurts(commands), Where: where, About: []string{j.File}, What: fmt.Sprintf("%s never ran: %s", name, lost), Fix: byHand})
	case since > x.long(j.File):
		x.says(Ailment{Name: "workflow-idle", Level: hurts(commands), Where: where, About: []string{j.File}, What: fmt.Sprintf("%s ran last %s ago: %s", name, words.Span(since), lost), Fix: byHand + "; and see that it has a schedule"})
	}
}

// hurts is how much it hurts that a workflow does not run: the board is for reading alone.
func hurts(commands []string) Level {
	if slices.Equal(commands, []string{"site"}) {
		return Should
	}
	return Must
}

// board is whether the pages that a workflow builds are published, and why not.
func (x *exam) board() {
	if !x.answers() || !slices.ContainsFunc(x.Workflows, func(w Workflow) bool {
		return slices.ContainsFunc(w.Steps, func(s Step) bool { return s.Command == "site" })
	}) {
		return
	}
	if err := cmp.Or(x.Forge.Hosted.Err, x.Forge.Pages.Err); err != nil {
		x.unseen("whether the board is published", err, "")
		return
	}
	if why := forge.Withheld(x.Forge.Name, x.Forge.Hosted.Answer, x.Forge.Pages.Answer); why != "" {
		x.should("board-unpublished", "the board is an artifact of the "+x.on("workflow", "job")+", and is not published: "+why,
			x.on(settings("Pages: Source *GitHub Actions*, visibility *Private*, which an organization of GitHub Enterprise Cloud has"), settings("General, Visibility, project features, permissions: Pages, *Only project members*"))+
				"; else the artifact is the way, or no "+x.on("workflow", "job")+" for the board")
	}
}

// branch is what the default branch is held to.
func (x *exam) branch() {
	if !x.answers() {
		return
	}
	g, err := x.Forge.Main.Answer, x.Forge.Main.Err
	name := cmp.Or(x.Forge.Hosted.Answer.Default, x.Standing.Answer.Default, "the default branch")
	rules := x.on(settings("Rules, New branch ruleset, target the default branch"), settings("Repository, Protected branches"))
	switch {
	case err != nil:
		x.unseen("whether the default branch is protected", err, "")
		return
	case g.Reviewed == forge.No && x.Platform == ci.GitLab && len(g.Restricts) > 0: // whose roles say who may
	case g.Reviewed == forge.No:
		x.should("branch-unprotected", fmt.Sprintf("anybody who may write pushes to `%s`, and so announces, without a %s", name, x.change()), rules+x.on(": Require a pull request before merging, Block force pushes, Restrict deletions", ": Allowed to merge *Developers + Maintainers*, allowed to push *Maintainers*, no force push"))
	case g.Reviewed == forge.Unsaid:
		x.unseen("whether the default branch is protected", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	}
	if x.Platform == ci.GitLab {
		if _, judged := x.check(); judged && len(g.Checks) == 0 && g.Reviewed != forge.Unsaid {
			x.should("check-optional", fmt.Sprintf("a merge request can be merged into `%s` whatever its pipeline says: what lint refuses can be merged", name), settings("Merge requests, Merge checks: Pipelines must succeed"))
		}
	} else if check, known := x.check(); known && !slices.ContainsFunc(g.Checks, func(c string) bool { return c == check || strings.HasSuffix(c, " / "+check) }) {
		x.should("check-optional", fmt.Sprintf("the check `%s` need not pass before a merge into `%s`: what lint refuses can be merged", check, name), rules+": Require status checks to pass, `"+check+"`")
	}
	x.proposed(name, g)
}

// checked is the check that the bot reports at what it proposes, as the job of lint does.
const checked = "escalations"

// anApp is how the bot gets a token of its own.
const anApp = "a GitHub App's token for the bot does without: docs/setup.md says how"

// proposed is what the rules of the default branch make of what the bot does.
func (x *exam) proposed(branch string, g forge.Guard) {
	bot, ok := x.bot()
	if !ok {
		return
	}
	if x.Platform == ci.GitLab { // whose pipelines run for what a token pushes
		bot.Own = true
	}
	if others := slices.DeleteFunc(slices.Clone(g.Checks), func(c string) bool { return c == checked }); len(others) > 0 && !bot.Own {
		x.says(Ailment{Name: "checks-unreported", Level: Should, About: others,
			What: fmt.Sprintf("`%s` requires %s, which nothing reports for what the bot pushes: its pull requests cannot be merged as they are", branch, words.And(code(others))),
			Fix:  "close and reopen each by hand, which starts its checks; " + anApp})
	}
	if len(g.Restricts) > 0 {
		x.unseen("whether what a comment asks for is committed at once", fmt.Errorf("rules hold `%s` (%s), and whom they let pass is not said", branch, strings.Join(g.Restricts, ", ")),
			"let the account of the bot "+x.on("bypass them", "push")+"; else each comment becomes a "+x.change()+", which somebody merges")
	}
}

// check is what the job is called that runs lint.
func (x *exam) check() (name string, known bool) {
	for _, w := range x.Workflows {
		for _, s := range w.Steps {
			if s.Command == "lint" {
				return s.Job, true
			}
		}
	}
	return "", false
}

// ledgerBranch is what the branch of the ledger is held to.
func (x *exam) ledgerBranch() {
	if !x.answers() {
		return
	}
	g, err := x.Forge.Ledger.Answer, x.Forge.Ledger.Err
	if err != nil {
		x.unseen("whether rules hold the ledger, and let `apply` push", err, "")
		return
	}
	there := x.Standing.Answer.Tip != ""
	switch {
	case g.Kept == forge.No && there:
		x.should("ledger-unprotected", fmt.Sprintf("`%s` can be forced back or deleted: it is the proof of what was said when", ledger.Name),
			x.on(settings("Rules, New branch ruleset, target `"+ledger.Name+"`: Block force pushes, Restrict deletions"), settings("Repository, Protected branches: `"+ledger.Name+"`, allowed to push *Maintainers*, no force push")))
	case g.Kept == forge.Unsaid && there:
		x.unseen("whether `"+ledger.Name+"` can be forced back or deleted", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	}
	if len(g.Restricts) > 0 {
		x.unseen("whether `apply` may push to `"+ledger.Name+"`", fmt.Errorf("rules hold it (%s), and whom they let pass is not said", strings.Join(g.Restricts, ", ")),
			x.on("leave the branch out of them, or let GitHub Actions bypass them", "let the role of GITLAB_TOKEN push")+"; a push that is refused fails `apply`, by name")
	}
}

// proposals is whether workflows may open pull requests.
func (x *exam) proposals() {
	if !x.answers() || x.Platform == ci.GitLab { // whoever may push may open one
		return
	}
	switch p := x.Forge.Proposes; {
	case p.Err != nil:
		x.unseen("whether workflows may open pull requests", p.Err, "")
	case p.Answer == forge.No:
		level, what := Should, "workflows may not open pull requests: none can propose an escalation for somebody"
		switch bot, ok := x.bot(); {
		case ok && bot.Own: // its token is not the workflow's
			return
		case ok:
			level, what = Must, "workflows may not open pull requests: the bot can propose nothing that an issue or a comment asks for"
		}
		x.says(Ailment{Name: "proposals-forbidden", Level: level, What: what, Fix: settings("Actions, General, Workflow permissions: Allow GitHub Actions to create and approve pull requests") + "; or " + anApp})
	case p.Answer == forge.Unsaid:
		x.unseen("whether workflows may open pull requests", fmt.Errorf("%s does not say it", x.Forge.Name), "")
	}
}
