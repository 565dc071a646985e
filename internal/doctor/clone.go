package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/words"
)

// folder is whether there are escalations at all.
func (x *exam) folder() {
	switch {
	case x.Astray != nil:
		x.must("folder-astray", plainly(x.Astray), "put the folder `escalations` in its place: an ordinary folder of this repository")
	case x.Tree == nil:
		x.must("folder-missing", "there is no folder `escalations` here", "`escalate init` makes it, with all that belongs to it; or go to the repository, or name it with --dir")
	}
}

// clone is whether git can be relied on.
func (x *exam) clone() {
	switch c := x.Clone; {
	case errors.Is(c.Err, git.ErrNoGit):
		x.must("git-missing", "git is not installed, or not in the PATH", "install git 2.31 or later")
	case errors.Is(c.Err, git.ErrNoRepository):
		x.must("repository-missing", "this folder is in no git repository", "`git init --initial-branch=main`, or `escalate init`, which does it too")
	case c.Err != nil:
		x.unseen("what git says of this folder", c.Err, "")
	case len(c.Remotes) == 0:
		x.should("remote-missing", "there is no remote: what is true and what was told is here alone", "make a private repository on your forge, then `git remote add origin ADDRESS` and `git push --set-upstream origin main`")
	case c.Remote == "":
		x.must("remote-unclear", "there are several remotes, and none is `origin`: "+strings.Join(c.Remotes, ", "), "say which one counts: --remote "+c.Remotes[0]+", or `git remote rename "+c.Remotes[0]+" origin`")
	}
	if is, named := owned(x.Clone.Home), owned(x.Home); is != "" && named != "" && is != named {
		x.should("repository-differs", fmt.Sprintf("the environment names %s, and the remote `%s` is %s", named, x.Clone.Remote, is), "set "+x.on("GITHUB_REPOSITORY", "CI_PROJECT_PATH")+" to the repository of the remote, or choose another one with --remote")
	}
	if x.Clone.Shallow {
		x.should("clone-shallow", "this clone is shallow: rules and `log` do not see the whole history", "`git fetch --unshallow`; in a "+x.on("workflow `fetch-depth: 0` of actions/checkout", "job the variable `GIT_DEPTH: \"0\"`"))
	}
}

// begin is how a ledger is begun.
func (x *exam) begin() string {
	return x.on("run the workflow `apply` by hand", "start a pipeline by hand (Build, Pipelines, New pipeline)") + begin
}

const begin = " and choose how to begin; or type `escalate apply --adopt`, which takes what stands here as told, or `escalate apply --announce-existing`, which announces it all"

// ledger is whether what was told can be read and written.
func (x *exam) ledger() {
	const whether = "the ledger, and whether it can be pushed"
	err := x.Standing.Err
	switch {
	case x.Clone.Err != nil || x.Clone.Remote == "" && len(x.Clone.Remotes) > 0:
		if err == nil {
			err = errors.New("it is not known where it is")
		}
		x.unseen(whether, err, "")
		return
	case errors.Is(err, ledger.ErrSetBack):
		x.must("ledger-set-back", "the ledger was set back: what was told since would be told again", plainly(err))
		return
	case err != nil:
		x.report.Blind = "the ledger"
		if x.Clone.Remote != "" {
			x.report.Blind = "the remote `" + x.Clone.Remote + "`"
		}
		x.unseen(whether, err, "run it again where the remote can be reached")
	case x.Clone.Remote != "" && x.Standing.Answer.Truth == "":
		x.must("default-branch-missing", fmt.Sprintf("the remote `%s` names no default branch, or has nothing on it: it is not known what is true", x.Clone.Remote),
			fmt.Sprintf("`git push %s HEAD:main`, and choose `main` as the default branch in the forge", x.Clone.Remote))
	case x.Clone.Remote == "" && x.Standing.Answer.Truth == "":
		x.must("commit-missing", "nothing is committed here yet, so nothing is true", "`git add .`, then `git commit`")
	case x.Standing.Answer.Tip == "" && x.Clone.Ledger:
		x.must("ledger-missing", "the ledger (the branch `"+ledger.Name+"`) is here alone, and not on the remote: nothing can be announced", fmt.Sprintf("`git push %s %s`", x.Clone.Remote, ledger.Name))
	case x.Standing.Answer.Tip == "":
		x.must("ledger-missing", "there is no ledger (the branch `"+ledger.Name+"`): nothing can be announced", x.begin())
	}
	x.pushes()
	if err := x.Notices.Err; err != nil && x.Standing.Err == nil {
		x.must("ledger-unreadable", "what was told cannot be read", plainly(err))
	} else if err != nil {
		x.unseen("what the ledger has", err, "")
	}
}

// pushes is whether git may push the ledger.
func (x *exam) pushes() {
	switch {
	case x.Standing.Err != nil || x.Clone.Remote == "" || x.Standing.Answer.Truth == "":
	case x.Refused.Err != nil:
		x.unseen("whether the ledger can be pushed", x.Refused.Err, "")
	case x.Refused.Answer != "":
		x.must("ledger-refused", "git may not push the ledger from here: "+plainly(errors.New(x.Refused.Answer)),
			x.on("in a workflow, give the job `permissions: {contents: write}`", "in a job, give GITLAB_TOKEN the role that may push to a protected branch")+"; here, log git in as somebody who may write (such as "+x.on("`gh auth setup-git`", "`glab auth login`")+")")
	}
}

// held is which files are told to nobody as they are.
func (x *exam) held() {
	if x.Tree == nil {
		return
	}
	if at := x.Tree.Misread(); at != "" {
		x.says(Ailment{Name: "files-held-back", Level: Must, Where: at, About: []string{at},
			What: "this cannot be relied on, and with it nothing is announced", Fix: "`escalate lint` says what is wrong, and `escalate lint --fix` mends what it can"})
	}
	if n := len(x.heldUp); n > 0 {
		x.says(Ailment{Name: "files-held-back", Level: Must, About: x.heldUp,
			What: fmt.Sprintf("%s held back, since %s cannot be read: %s", words.Count(n, "file")+" "+words.Agree(n, "is", "are"), words.Agree(n, "it", "they"), some(x.heldUp)),
			Fix:  "`escalate lint` says what is wrong, and `escalate lint --fix` mends what it can"})
	}
}

// patience is how long a notice may be on its way.
const patience = time.Hour

// stuck is what was written down and not delivered.
func (x *exam) stuck() {
	var about []string
	var oldest time.Time
	n := 0
	for _, l := range x.Notices.Answer {
		if l.State != notice.Intent || x.Now.Sub(l.At) < patience {
			continue
		}
		if n++; oldest.IsZero() || l.At.Before(oldest) {
			oldest = l.At
		}
		about = append(about, string(l.Escalation))
	}
	if n == 0 {
		return
	}
	slices.Sort(about)
	about = slices.Compact(about)
	x.says(Ailment{Name: "notices-stuck", Level: Must, About: about,
		What: fmt.Sprintf("%s written down and not delivered, the first %s ago: %s", words.Count(n, "notice")+" "+words.Agree(n, "was", "were"), words.Span(x.Now.Sub(oldest)), some(about)),
		Fix:  "run `apply` again: it delivers them, or says of each what is in the way"})
}

// last are the last lines that a forge's tracking issues have, by their escalations.
func (x *exam) last() map[string]notice.Notice {
	last := map[string]notice.Notice{}
	for _, n := range x.Notices.Answer {
		if n.To == notice.Tracking && n.State == notice.Done && n.URL != "" && n.Via != "print" {
			last[string(n.Escalation)] = n
		}
	}
	return last
}

// elsewhere is whether the ledger has the issues of another repository.
func (x *exam) elsewhere() {
	last := x.last()
	if len(last) == 0 {
		return
	}
	if x.Home == "" {
		x.unseen("whether the ledger has the issues of this repository", errors.New("it is not known which repository this is"), "set `GITHUB_REPOSITORY` (owner/name)")
		return
	}
	var about []string
	other := ""
	for _, e := range x.open {
		n, ok := last[string(e.ID)]
		if !ok {
			continue
		}
		if at := x.today(home(n.URL)); at != "" && at != x.Home {
			about, other = append(about, string(e.ID)), at
		}
	}
	if len(about) > 0 {
		x.says(Ailment{Name: "ledger-elsewhere", Level: Must, About: about,
			What: fmt.Sprintf("the ledger has the issues of %s, and this is %s: %s", other, x.Home, some(about)),
			Fix: "if this is a copy or a fork, give it a ledger of its own: `git push " + cmp.Or(x.Clone.Remote, "origin") + " --delete " + ledger.Name +
				"`, then `escalate apply --adopt`; if the repository was renamed or moved, run `escalate apply --verify`, and the next notice of each goes to its issue here"})
	}
}

// today is where a repository is now: it may have been renamed.
func (x *exam) today(home string) string {
	if x.Forge != nil && x.Forge.Today[home] != "" {
		return x.Forge.Today[home]
	}
	return home
}

// Others are the repositories whose issues a ledger has, but for the one at a home:
// whoever asks a forge finds out whether they are that one under an earlier name.
func Others(lines []notice.Notice, of string) []string {
	var all []string
	for _, n := range lines {
		if n.To != notice.Tracking || n.URL == "" {
			continue
		}
		if at := home(n.URL); at != "" && at != of && !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

// owned is a repository without its host, for which people have names of their own.
func owned(home string) string {
	_, repository, _ := strings.Cut(home, "/")
	return repository
}

// home is where the repository of an issue is.
func home(issue string) string {
	for _, within := range []string{"/-/", "/issues/", "/pull/"} {
		if of, _, ok := strings.Cut(issue, within); ok {
			return ci.Hosted(of, ci.Forge{}).Home()
		}
	}
	return ""
}
