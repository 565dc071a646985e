package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/roster"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/starter/starterprint"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// initOptions says how a repository is set up.
type initOptions struct {
	*options
	env             environment
	people          string // the file of a spreadsheet's export; "" for none
	dryRun, upgrade bool
	gitHub, gitLab  bool // which forge was said; none, and it is found out
}

func newInit(env environment, opts *options) *cobra.Command {
	o := initOptions{options: opts, env: env}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set up an escalations repository of your own",
		Long: "Makes what an escalations repository on GitHub or GitLab needs and does not have yet, in this folder or the one of --dir: " +
			"the directory and the policy to fill in, the workflows or the pipeline, the issue form, the schemas for editors, a README for colleagues; the " +
			"repository itself, without a commit; and an empty ledger, where there is no escalation yet. Nothing that is there " +
			"is overwritten, nothing is sent anywhere, and a second time nothing is changed. It ends with what is left to do.\n\n" +
			"For which forge, the remote says, or --github or --gitlab; without any of them it is GitHub.\n\n" +
			"--people takes a spreadsheet's export (CSV, with commas, semicolons or tabs), and says what it took each column for, " +
			"and of each row that it could not use why.\n\n" +
			"--upgrade brings the workflows or the pipeline, the schemas and the issue form to the version of this command, and shows the difference. Of one " +
			"that somebody changed, it changes only the version that it runs, and shows what it would change more.",
		Example: "  escalate init --dry-run\n  escalate init --gitlab\n  escalate init --people people.csv\n  escalate init --upgrade",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.gitHub && o.gitLab {
				return usagef("--github and --gitlab exclude each other")
			}
			if o.upgrade && o.people != "" {
				return usagef("--upgrade brings what runs to this version, and takes no --people")
			}
			return runInit(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.people, "people", "", "fill the directory from this `FILE`, the export of a spreadsheet")
	cmd.Flags().BoolVar(&o.gitHub, "github", false, "make what GitHub needs")
	cmd.Flags().BoolVar(&o.gitLab, "gitlab", false, "make what GitLab needs")
	cmd.Flags().BoolVar(&o.upgrade, "upgrade", false, "bring the workflows or the pipeline, and the issue form, to the version of this command")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be made, and make nothing")
	opts.remoteFlag(cmd)
	return cmd
}

// setUp is one repository that is set up.
type setUp struct {
	initOptions
	dir  string
	root *os.Root
	repo *git.Repo // nil where there is none yet
	*session.Session
	remote string
	report starterprint.Report
	// standing is how all of it stands, for what is left to do.
	standing starter.Standing
}

func runInit(ctx context.Context, o initOptions) error {
	u, err := o.look(ctx)
	if err != nil {
		return err
	}
	defer u.Close()
	defer u.root.Close()
	if err := u.plan(ctx); err != nil {
		return err
	}
	if !o.dryRun {
		if err := u.do(ctx); err != nil {
			return err
		}
	}
	if !o.upgrade {
		u.report.Left = starter.Left(u.standing)
	}
	if o.json {
		return starterprint.JSON(o.env.stdout, u.report)
	}
	return starterprint.Text(o.env.stdout, u.report, o.env.screen)
}

// look finds the folder and the repository, and refuses where nothing can be set up.
func (o initOptions) look(ctx context.Context) (*setUp, error) {
	u := &setUp{initOptions: o, dir: o.dir}
	var err error
	if u.dir == "" {
		if u.dir, err = o.env.getwd(); err != nil {
			return nil, err
		}
	}
	if u.dir, err = filepath.Abs(u.dir); err != nil {
		return nil, err
	}
	switch info, err := os.Stat(u.dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no folder %s: make it first", u.dir)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file: name a folder", u.dir)
	}
	if u.Session, err = session.Open(session.Options{Dir: u.dir, Remote: o.remote}); err != nil {
		return nil, err
	}
	switch repo, err := u.Repo(ctx); {
	case errors.Is(err, git.ErrNoRepository) && !o.upgrade:
	case err != nil:
		return nil, err
	case repo.Bare:
		return nil, fmt.Errorf("%s is a bare repository, or where git keeps one: it has no files; clone it, and set up the clone", u.dir)
	case repo.Prefix != "":
		top := strings.TrimSuffix(filepath.ToSlash(repo.Dir), "/"+repo.Prefix)
		return nil, fmt.Errorf("%s is a folder of the repository %s, and a forge looks for what it runs at its top alone: go there, or choose a folder outside of it, or make this one a repository of its own by `git init`", u.dir, top)
	default:
		u.repo = repo
	}
	if u.repo != nil {
		if u.remote, err = u.Remote(ctx); err != nil {
			return nil, err
		}
	} else if o.remote != "" {
		return nil, usagef("there is no repository here yet, and so no remote %q", o.remote)
	}
	u.root, err = os.OpenRoot(u.dir)
	return u, err
}

// plan decides what is made.
func (u *setUp) plan(ctx context.Context) error {
	branch, err := u.defaultBranch(ctx)
	if err != nil {
		return err
	}
	here, unread := tree.Open(u.root.FS(), u.Check)
	if unread != nil { // none yet, or in the way: what is made says so
		here = tree.Empty()
	}
	at, since, err := u.forge(ctx)
	if err != nil {
		return err
	}
	wanted := starter.Wanted{Forge: at.Platform, Version: u.env.build, Branch: branch}
	u.report = starterprint.Report{
		Dir: u.dir, Forge: at.Platform, Since: since, Branch: branch, DryRun: u.dryRun, Upgrade: u.upgrade, Remote: u.remote, Version: u.env.build,
		NewRepository: u.repo == nil,
	}
	if u.upgrade {
		if unread == nil { // else nobody knows who is to stand in the form
			if wanted.Form, err = u.form(here, wanted); err != nil {
				return err
			}
		}
		u.report.Files, err = starter.Upgrade(u.root.FS(), wanted)
		return err
	}
	if u.people != "" {
		if u.report.Roster, err = readRoster(u.people, here.Policy); err != nil {
			return err
		}
		wanted.People = u.report.Roster.People
	}
	if wanted.Form, err = u.form(here, wanted); err != nil {
		return err
	}
	if u.report.Files, err = starter.New(u.root.FS(), wanted); err != nil {
		return fmt.Errorf("nothing is made: %w", err)
	}
	u.standing = starter.Standing{
		Forge: at.Platform, At: at, Files: u.report.Files, Version: u.env.build, Branch: branch, Remote: u.remote,
		Escalations: len(here.Paths), Policy: here.Policy, People: here.People,
	}
	for i, f := range u.report.Files {
		switch {
		case f.Path != tree.PeoplePath || u.people == "":
		case f.Changes():
			u.standing.People.People = wanted.People
		default:
			u.report.Files[i].Why = "it is there already: nobody of the spreadsheet is added"
		}
	}
	return u.planLedger(ctx)
}

// forge says where the repository is, or will be, and why that is known: a flag says it,
// or what platform goes by. It has a path only where the remote has one.
func (u *setUp) forge(ctx context.Context) (at ci.Forge, since string, err error) {
	if u.repo != nil && u.remote != "" {
		if at, err = hosted(ctx, u.repo, u.remote, u.env); err != nil {
			return at, "", err
		}
	}
	is, since := platform(u.env, at, u.remote, u.root.FS())
	switch {
	case u.gitHub:
		is, since = ci.GitHub, "--github says so"
	case u.gitLab:
		is, since = ci.GitLab, "--gitlab says so"
	}
	if at.Repository != "" && at.Platform != is { // of a host whose name says nothing
		at.API = ""
	}
	at.Platform = is
	return at, since, nil
}

// form is the issue form of a repository, with those who are put into a directory that
// is made; nil where the policy or the directory cannot be relied on.
func (u *setUp) form(here *tree.Tree, w starter.Wanted) ([]byte, error) {
	if here.Misread() != "" {
		return nil, nil
	}
	with := *here
	if with.PeopleFile == nil {
		with.People.People = w.People
	}
	return formOn(w.Forge, issueForm(&with, u.env.now()))
}

// defaultBranch is the branch whose merges are announced: that of the remote, as far as
// this clone knows, else main or master where there is one, else the one that is checked
// out.
func (u *setUp) defaultBranch(ctx context.Context) (string, error) {
	const usual = "main"
	if u.repo == nil {
		return usual, nil
	}
	if u.remote != "" {
		if branch, err := u.repo.DefaultBranch(ctx, u.remote); err != nil || branch != "" {
			return branch, err
		}
	}
	for _, branch := range []string{usual, "master"} {
		if has, err := u.has(ctx, "refs/heads/"+branch); err != nil || has {
			return branch, err
		}
	}
	branch, err := u.repo.Branch(ctx)
	if err == nil && branch == "" {
		branch = usual
	}
	return branch, err
}

// has reports whether a name stands for a commit.
func (u *setUp) has(ctx context.Context, name string) (bool, error) {
	_, err := u.repo.Resolve(ctx, name)
	if errors.Is(err, git.ErrNoCommit) {
		return false, nil
	}
	return err == nil, err
}

// planLedger decides whether the ledger is begun: where there is none, and no escalation
// that it would have announced. Whoever has some says how it begins. Nobody is asked over
// the network: a ledger that this clone does not know of refuses to be pushed over.
func (u *setUp) planLedger(ctx context.Context) error {
	u.report.Ledger = starterprint.LedgerMade
	if u.repo == nil {
		u.standing.Unpushed = true
		return nil
	}
	var err error
	if _, u.standing.Committed, err = u.escalationsAt(ctx, "HEAD"); err != nil {
		return err
	}
	if u.remote != "" {
		if u.standing.Upstream, u.standing.Shared, err = u.escalationsAt(ctx, "refs/remotes/"+u.remote+"/"+u.report.Branch); err != nil {
			return err
		}
	}
	here, err := u.has(ctx, "refs/heads/"+ledger.Name)
	if err != nil {
		return err
	}
	pushed := false
	if u.remote != "" {
		if pushed, err = u.has(ctx, "refs/remotes/"+u.remote+"/"+ledger.Name); err != nil {
			return err
		}
	}
	switch {
	case here || pushed:
		u.report.Ledger = starterprint.LedgerThere
	case u.standing.Escalations > 0:
		u.report.Ledger, u.standing.Choose = starterprint.LedgerChoose, true
		return nil
	}
	u.standing.Unpushed = !pushed
	return nil
}

// escalationsAt notes how many escalations a commit has, and reports whether there is
// such a commit, and whether it has the directory.
func (u *setUp) escalationsAt(ctx context.Context, ref string) (exists, directory bool, err error) {
	c, err := u.Commit(ctx, ref)
	var astray *tree.NotFolderError
	switch {
	case errors.Is(err, git.ErrNoCommit):
		return false, false, nil
	case err != nil && !errors.As(err, &astray):
		return false, false, err
	}
	u.standing.Escalations = max(u.standing.Escalations, len(c.Paths))
	return true, slices.Contains(c.Names, tree.PeoplePath), nil
}

// readRoster reads the export of a spreadsheet.
func readRoster(name string, policy schema.Policy) (*roster.Roster, error) {
	const most = 16 << 20
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("it is larger than the %d MiB that are read", most>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	r, err := roster.Read(data, policy)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &r, nil
}

// do makes what was planned: the repository, the files, the ledger.
func (u *setUp) do(ctx context.Context) error {
	if u.repo == nil {
		repo, err := git.Init(ctx, u.dir, u.report.Branch)
		if err != nil {
			return err
		}
		u.repo = repo
	}
	for _, f := range u.report.Files {
		if !f.Changes() {
			continue
		}
		if err := write(u.root, u.dir, f); err != nil {
			return fmt.Errorf("cannot write %s: %w; what was made before it stays, and the rest is made when this runs again", f.Path, err)
		}
	}
	if u.report.Ledger != starterprint.LedgerMade {
		return nil
	}
	err := ledger.Begin(ctx, u.repo, u.env.now())
	if errors.Is(err, git.ErrMoved) { // somebody else was faster
		return nil
	}
	return err
}

// write writes one file. One that is new is never put over another, and a link is not
// followed out of the folder.
func write(root *os.Root, dir string, f starter.File) error {
	if f.State != starter.Made {
		return rewrite(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data)
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o777); err != nil {
		return err
	}
	file, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Data)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, root.Remove(f.Path))
	}
	return nil
}
