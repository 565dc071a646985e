package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/doctor"
	"github.com/escalations-as-code/escalate/internal/doctor/doctorprint"
	"github.com/escalations-as-code/escalate/internal/forge"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/marker"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/tree"
)

// doctorOptions says what is examined.
type doctorOptions struct {
	*options
	env environment
	now time.Time
}

func newDoctor(env environment, opts *options) *cobra.Command {
	o := doctorOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing in the setup, and how to mend it",
		Long: "Looks at the repository, its ledger, its workflows or its pipeline, the people, the forge and Slack, and says what is missing, what hurts most first, " +
			"each with its fix. What it could not look at, for want of a token or a network, it names: nobody knows whether that is well. " +
			"It writes nothing. It exits 1 where something must be done.",
		Example: "  escalate doctor\n  GITHUB_TOKEN=$(gh auth token) escalate doctor\n  escalate doctor --json",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.now, err = moment(); err != nil {
				return err
			}
			return runDoctor(cmd.Context(), o)
		},
	}
	moment = nowFlag(cmd, env, "tell ages by this moment")
	opts.remoteFlag(cmd)
	opts.branchFlag(cmd)
	return cmd
}

func runDoctor(ctx context.Context, o doctorOptions) error {
	s, err := o.open(o.env)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := o.facts(ctx, s)
	if err != nil {
		return err
	}
	r := doctor.Examine(f)
	if err := s.Err(ctx); err != nil {
		return err
	}
	if o.json {
		err = doctorprint.JSON(o.env.stdout, r)
	} else {
		err = doctorprint.Text(o.env.stdout, r, o.env.screen)
	}
	if err == nil && r.Must() {
		err = errFindings
	}
	return err
}

// facts gathers what doctor compares. The error is that it cannot run at all.
func (o doctorOptions) facts(ctx context.Context, s *session.Session) (doctor.Facts, error) {
	env := o.env
	f := doctor.Facts{
		Now: o.now, Version: env.version, Job: env.ci.Platform != "", Platform: env.ci.Forge().Platform, Home: env.ci.Forge().Home(),
		Webhook: env.getenv("SLACK_WEBHOOK_URL") != "",
	}
	if _, err := os.Stat(s.Dir); err != nil {
		return f, err
	}
	t, err := s.Working(ctx)
	switch astray := (*tree.NotFolderError)(nil); {
	case errors.As(err, &astray):
		f.Astray = err
	case errors.Is(err, tree.ErrNoFolder):
		if repo, gitErr := s.Repo(ctx); gitErr == nil && repo.Bare {
			return f, err
		}
	case err != nil:
		return f, err
	default:
		f.Tree = t
	}
	_, f.Key = marker.Parse(env.getenv(markerKey))
	if f.Tree != nil && !f.Job {
		_, f.Stranger = me(ctx, env, s, t)
	}
	dir := s.Dir
	repo, err := s.Repo(ctx)
	if err == nil {
		dir = topOf(repo)
	}
	at, err := o.local(ctx, s, &f)
	if err != nil {
		return f, err
	}
	f.Platform, _ = platform(env, at, f.Clone.Remote, os.DirFS(dir))
	f.Workflows, f.Form = workflowsIn(dir, f.Platform), formIn(dir, f.Platform)
	if err := o.forge(ctx, &f, at); err != nil {
		return f, err
	}
	return f, o.slack(ctx, &f)
}

// local adds what the clone and its remote say, and returns where that remote is.
func (o doctorOptions) local(ctx context.Context, s *session.Session, f *doctor.Facts) (at ci.Forge, err error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		f.Clone.Err = err
		return at, nil
	}
	f.Clone.Shallow = repo.Shallow
	switch _, err := repo.Resolve(ctx, "refs/heads/"+ledger.Name); {
	case err == nil:
		f.Clone.Ledger = true
	case !errors.Is(err, git.ErrNoCommit):
		return at, err
	}
	if f.Clone.Remotes, err = repo.Remotes(ctx); err != nil {
		return at, err
	}
	if f.Clone.Remote, err = s.Remote(ctx); err != nil {
		if o.remote != "" {
			return at, err
		}
		return at, nil // doctor says that there are several
	}
	if f.Clone.Remote != "" {
		if at, err = hosted(ctx, repo, f.Clone.Remote, o.env); err != nil {
			return at, err
		}
		f.Clone.Home = at.Home()
		f.Home = cmp.Or(f.Home, f.Clone.Home)
	}
	return at, o.ledger(ctx, s, repo, f)
}

// ledger adds where the branches stand, what the ledger has, and whether git may push
// it. Where the remote does not answer, it has what was fetched before.
func (o doctorOptions) ledger(ctx context.Context, s *session.Session, repo *git.Repo, f *doctor.Facts) error {
	b, err := s.Ledger(ctx)
	if err != nil {
		f.Standing.Err = err
		f.Notices = doctor.Ask(ledger.Read(ctx, repo, f.Clone.Remote, ""))
		return nil
	}
	f.Standing.Answer = b.Standing
	var wrong session.UsageError
	if _, err := session.True(b, o.branch); errors.As(err, &wrong) {
		return err
	}
	f.Notices = doctor.Ask(linesOf(ctx, b))
	if f.Clone.Remote != "" && b.Truth != "" {
		f.Refused = tryPush(ctx, repo, f.Clone.Remote, cmp.Or(b.Tip, b.Truth))
	}
	return nil
}

// up leads from a folder to the top of its repository.
func up(prefix string) string {
	if prefix == "" {
		return ""
	}
	back, err := filepath.Rel(filepath.FromSlash(prefix), ".")
	if err != nil {
		return ""
	}
	return back
}

// linesOf is all that a ledger has; nothing where there is none.
func linesOf(ctx context.Context, b *ledger.Branch) ([]notice.Notice, error) {
	if !b.Exists() {
		return nil, nil
	}
	files, err := b.Files(ctx)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	book, err := ledger.OpenBook(files)
	if err != nil {
		return nil, err
	}
	return book.All()
}

// tryPush is why git may not push to the ledger. Where the remote does not answer any
// more, nobody knows.
func tryPush(ctx context.Context, repo *git.Repo, remote, commit string) doctor.Asked[string] {
	err := repo.TryPush(ctx, remote, commit, ledger.Name)
	if err == nil {
		return doctor.Asked[string]{}
	}
	if _, gone := repo.AskRemote(ctx, remote); gone != nil {
		return doctor.Asked[string]{Err: gone}
	}
	return doctor.Asked[string]{Answer: err.Error()}
}

// formIn is the issue form of a repository.
func formIn(dir string, on ci.Platform) doctor.Asked[[]byte] {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return doctor.Asked[[]byte]{Err: err}
	}
	defer root.Close()
	return doctor.Ask(root.ReadFile(form.PathOn(on)))
}

// workflowsIn are the workflows of a repository in which escalate runs, or what does on
// GitLab.
func workflowsIn(dir string, on ci.Platform) []doctor.Workflow {
	files, read := doctor.PipelineFiles(), doctor.ReadPipeline
	if on != ci.GitLab {
		files, read = nil, doctor.ReadWorkflow
		for _, pattern := range []string{"*.yml", "*.yaml"} {
			names, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(doctor.WorkflowFolder), pattern)) // the pattern is right
			for _, name := range names {
				files = append(files, path.Join(doctor.WorkflowFolder, filepath.Base(name)))
			}
		}
	}
	var all []doctor.Workflow
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		switch {
		case on == ci.GitLab && errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			all = append(all, doctor.Workflow{File: file, Err: fmt.Errorf("it cannot be read: %w", errors.Unwrap(err))})
			continue
		}
		if w, ok := read(file, data); ok {
			all = append(all, w)
		}
	}
	return all
}

// forge adds what the forge says, where it is configured. Once it does not answer, it
// is not asked again.
// The repository is that of the remote, at, where the environment names none.
func (o doctorOptions) forge(ctx context.Context, f *doctor.Facts, at ci.Forge) error {
	forge := o.env.ci.GitHub
	if f.Platform == ci.GitLab {
		forge = o.env.ci.GitLab
	}
	if forge.Repository == "" && at.Repository != "" {
		forge = at
	}
	if f.Missing = forge.Missing(); len(f.Missing) > 0 {
		return nil
	}
	repository, err := newRepository(o.env, forge)
	if err != nil {
		return err
	}
	f.Forge = inspected(ctx, forge.Platform.Name(), repository, f)
	return nil
}

// inspected is what a forge answers.
func inspected(ctx context.Context, name string, i forge.Inspector, f *doctor.Facts) *doctor.Forge {
	is := &doctor.Forge{Name: name, Hosted: doctor.Ask(i.Hosted(ctx))}
	if err := is.Hosted.Err; err != nil && !errors.Is(err, forge.ErrForbidden) {
		is.Main.Err, is.Ledger.Err, is.Jobs.Err, is.Proposes.Err, is.Label.Err, is.Pages.Err = err, err, err, err, err, err
		return is
	}
	is.Main = doctor.Ask(i.Guard(ctx, cmp.Or(is.Hosted.Answer.Default, f.Standing.Answer.Default, "main")))
	is.Ledger = doctor.Ask(i.Guard(ctx, ledger.Name))
	var files []string
	for _, w := range f.Workflows {
		files = append(files, w.File)
	}
	if f.Platform == ci.GitLab { // which knows that file alone, whatever it includes
		files = []string{starter.Pipeline}
	}
	is.Jobs = doctor.Ask(i.Automation(ctx, slices.Compact(files)))
	is.Proposes = doctor.Ask(i.MayPropose(ctx))
	if f.Form.Err == nil {
		is.Label = doctor.Ask(i.HasLabel(ctx, form.Label))
	}
	is.Pages = doctor.Ask(i.Pages(ctx))
	if w, ok := i.(forge.Waker); ok {
		hooks := doctor.Ask(w.Hooks(ctx))
		is.Hooks = &hooks
	}
	if s, ok := i.(forge.Safe); ok {
		secrets := doctor.Ask(s.Secrets(ctx))
		is.Secrets = &secrets
	}
	is.Today = today(ctx, i, f)
	return is
}

// today is where repositories of the same host are now whose issues the ledger has. Of
// what is not shown, where it was counts.
func today(ctx context.Context, i forge.Inspector, f *doctor.Facts) map[string]string {
	const most = 5 // a ledger that was moved more often has something else
	now := map[string]string{}
	host, _, _ := strings.Cut(f.Home, "/")
	others := doctor.Others(f.Notices.Answer, f.Home)
	for _, other := range others[:min(len(others), most)] {
		repository, same := strings.CutPrefix(other, host+"/")
		if !same || host == "" {
			continue
		}
		if is, err := i.Today(ctx, repository); err == nil {
			now[other] = strings.ToLower(host + "/" + is)
		}
	}
	return now
}

// slack adds what Slack says, where it is configured.
func (o doctorOptions) slack(ctx context.Context, f *doctor.Facts) error {
	if o.env.getenv("SLACK_BOT_TOKEN") == "" {
		return nil
	}
	t := f.Tree
	if t == nil {
		t = tree.Empty()
	}
	w, err := newWorkspace(o.env, t)
	if err != nil {
		return err
	}
	f.Slack = &doctor.Slack{Granted: doctor.Ask(w.Granted(ctx))}
	if err := f.Slack.Granted.Err; err != nil {
		f.Slack.Announcements.Err = err
		return nil
	}
	f.Slack.Announcements = doctor.Ask(w.Announcements(ctx))
	return nil
}
