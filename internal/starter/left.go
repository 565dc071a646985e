package starter

import (
	"path"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Step is one thing that is left to a person.
type Step struct {
	Do string
	// Run are the commands that do it, or what is to be written.
	Run []string
}

// Standing is how a repository stands when all of its files are made.
type Standing struct {
	Files []File
	// Forge is where the repository is, or will be; "" is GitHub. At is the repository
	// there, as far as its remote says; without one, it is not known.
	Forge   ci.Platform
	At      ci.Forge
	Version Version
	// Branch is the default branch; Remote the remote that the ledger belongs to, ""
	// where there is none.
	Branch, Remote string
	// Committed says that the directory is in the commit that is checked out, Shared that
	// it is on the remote's default branch, Upstream that there is such a branch. Of the
	// remote, it is what this clone knows.
	Committed, Shared, Upstream bool
	// Unpushed says that the ledger is here, and not known to be on the remote; Choose,
	// that there is none and a person says how it begins.
	Unpushed, Choose bool
	Escalations      int
	Policy           schema.Policy
	People           schema.Directory
}

// Left returns what is left to do, in the order in which it is done.
func Left(s Standing) []Step {
	var steps []Step
	do := func(text string, run ...string) { steps = append(steps, Step{text, run}) }
	if text := s.seats(); text != "" {
		do(text)
	}
	if len(s.People.People) == 0 && s.untouched(form.PathOn(s.Forge)) {
		do("Then make the issue form anew, so that they can be chosen in it, and again whenever people or the policy change:", "escalate form")
	}
	if s.untouched(tree.PolicyPath) {
		do("Look through " + tree.PolicyPath + ": it holds what your company decides differently, such as holidays, the channel of the announcements, and to whom a proposed escalation is shown (triage).")
	}
	for _, f := range s.Files {
		switch {
		case path.Base(f.Path) == "CODEOWNERS" && f.State != Kept:
			do("Name in " + f.Path + " who approves a change of the directory, the policy and the " + s.jobs() + ".")
		case path.Base(f.Path) == "CODEOWNERS" && !strings.Contains(string(f.Was), tree.PolicyPath):
			do("Say in "+f.Path+" who approves a change of the directory, the policy and the "+s.jobs()+":",
				s.decides("  @your-company/your-team"), "/"+tree.PolicyPath+"   @your-company/your-team", "/"+tree.PeoplePath+"   @your-company/your-team")
		case f.Path == ".vscode/settings.json" && f.State == Kept && !strings.Contains(string(f.Was), path.Base(schemaPath(schema.KindEscalation))):
			do("Let the editor know the schemas, in "+f.Path+":", s.bindings()...)
		}
	}
	if s.Forge == ci.GitLab {
		s.sums(do)
		s.commit(do)
		s.settings(do)
	} else {
		s.onGitHub(do)
	}
	switch {
	case s.Choose:
		do("Begin the ledger, once this is on "+s.Branch+": there "+words.Agree(s.Escalations, "is", "are")+" "+words.Count(s.Escalations, "escalation")+" already. The first command takes what stands there as told, the second one announces all of it:",
			"escalate apply --adopt", "escalate apply --announce-existing")
	case s.Escalations == 0:
		do("Open the first escalation:", "escalate new")
	}
	do("See what is still missing, each with its fix:", "escalate doctor")
	return steps
}

// jobs is what the forge calls that which runs by itself.
func (s Standing) jobs() string {
	if s.Forge == ci.GitLab {
		return "pipeline"
	}
	return "workflows"
}

// decides is the line of CODEOWNERS for what runs.
func (s Standing) decides(owner string) string {
	if s.Forge == ci.GitLab {
		return "/.gitlab-ci.yml          " + owner
	}
	return "/.github/                " + owner
}

// onGitHub are the steps from the version that runs to the settings.
func (s Standing) onGitHub(do func(string, ...string)) {
	if pin := s.pin(); pin != "" {
		do(pin)
	}
	s.commit(do)
	do("On GitHub, make the environment `escalate` for " + s.Branch + " alone, and protect " + s.Branch + ": https://github.com/" + home + "/blob/main/docs/setup.md has it step by step.")
	if s.untouched(form.Path) {
		do("Let the bot propose what people ask for by the issue form and by comments: in Settings, Actions, General, allow GitHub Actions to create and approve pull requests.")
	}
}

// seats says which roles nobody holds.
func (s Standing) seats() string {
	if len(s.People.People) == 0 {
		return "Write your people into " + tree.PeoplePath + ": it says how, and which roles somebody should hold."
	}
	held := map[schema.Role]bool{}
	for _, p := range s.People.People {
		for _, role := range p.Roles {
			held[role] = held[role] || p.Left.IsZero()
		}
	}
	var vacant []schema.Role
	for _, n := range Needed(s.Policy) {
		if !held[n.Role] {
			vacant = append(vacant, n.Role)
		}
	}
	if len(vacant) == 0 {
		return ""
	}
	return "Look through " + tree.PeoplePath + ". Nobody there holds " + words.And(vacant) + "."
}

// untouched reports whether a file is as it is made.
func (s Standing) untouched(name string) bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Path == name && (f.State == Made || f.State == There) })
}

// bindings are the schemas of an editor's settings.
func (s Standing) bindings() []string {
	text, _ := files.ReadFile("files/settings.json") // it is embedded
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return lines[1 : len(lines)-1]
}

// pin says how the workflows come to install a release.
func (s Standing) pin() string {
	if !slices.ContainsFunc(s.Files, func(f File) bool { return f.State == Made && path.Dir(f.Path) == folder }) {
		return ""
	}
	const page = "https://github.com/" + home + "/releases/latest"
	if s.Version.Release == "" {
		return "Pin a release: in " + folder + ", write behind each " + home + "@ the commit that the page of the newest one names, " + page
	}
	return "The workflows build " + s.Version.Release + " of its source. To have them install it, which is quicker, write the commit that its page names behind each " + home + "@: https://github.com/" + home + "/releases/tag/" + s.Version.Release
}

// commit says how all of it gets to the forge: the default branch before the ledger.
func (s Standing) commit(do func(string, ...string)) {
	create, host := "Make a private repository on GitHub, without any file", "github.com"
	if s.Forge == ci.GitLab {
		create, host = "Make a private, blank project on GitLab, without a README", "gitlab.com"
	}
	var names, run []string
	for _, f := range s.Files {
		if top, _, _ := strings.Cut(f.Path, "/"); (f.Changes() || !s.Committed && f.State == There) && !slices.Contains(names, top) {
			names = append(names, top)
		}
	}
	if len(names) > 0 {
		run = append(run, "git add "+strings.Join(names, " "), `git commit -m "Set up the escalations"`)
	}
	remote, text := s.Remote, "Push the empty ledger, which is a branch of its own, and never merged."
	switch {
	case remote == "":
		remote, text = "origin", create+". Look at what is here, commit it, and push it there."+s.order()
		run = append(run, "git remote add origin git@"+host+":your-company/escalations.git", "git push --set-upstream origin "+s.Branch)
	case len(names) == 0 && s.Shared:
	case !s.Upstream:
		text = "Look at it, commit it, and push it." + s.order()
		run = append(run, "git push --set-upstream "+remote+" "+s.Branch)
	default:
		text = "Look at it, commit it on a branch, and open a " + s.Forge.Change() + "."
		if s.Unpushed {
			text += " The empty ledger is a branch of its own, which is never merged."
		}
		if len(names) > 0 {
			run = append([]string{"git switch --create set-up-escalations"}, run...)
		}
		run = append(run, "git push --set-upstream "+remote+" HEAD")
	}
	if s.Unpushed {
		run = append(run, "git push "+remote+" escalate-ledger")
	}
	if len(run) > 0 {
		do(text, run...)
	}
}

// order says which branch is pushed first.
func (s Standing) order() string {
	if !s.Unpushed {
		return ""
	}
	return " The branch " + s.Branch + " goes first: " + s.Forge.Name() + " makes the first one that it gets the default branch."
}
