package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/change"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/lint"
	"github.com/escalations-as-code/escalate/internal/report"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/schema"
)

// lintOptions says what is checked, and how it is printed.
type lintOptions struct {
	*options
	env environment
	// args are the files and folders that were named; none, and all are meant.
	args []string
	// base is the revision that it is compared with; "" for none.
	base   string
	format lintFormat
	// fix makes the fixes that findings carry.
	fix bool
	// comment says that the findings are to stand beside the lines of the merge request.
	comment bool
}

func newLint(env environment, opts *options) *cobra.Command {
	o := lintOptions{options: opts, env: env}
	var format string
	cmd := &cobra.Command{
		Use:   "lint [PATH|ID...]",
		Short: "Check the escalations, the directory and the policy",
		Long: "Checks every file below escalations/, or those named by path or id, against the format and the rules of the " +
			"escalation process. It exits 1 if there is an error; warnings alone exit 0.\n\n" +
			"With --base, also what changed since then is checked: the base is the newest commit that REV and " +
			"the current one have in common. Only errors that the base lacks count. In a bare clone, which has no " +
			"files, and in a job of GitHub or GitLab, HEAD is checked then.\n\n" +
			"With --fix it makes those changes of which only one can be right, in the files on the disk, says which, and checks " +
			"what is there then.\n\n" +
			"In GitHub Actions the default format is github, and a summary is written for the job. In a job of a merge request of " +
			"GitLab, --comment also keeps a remark beside each changed line of which something new is found, with the fix as a " +
			"suggestion; it is taken back once that is mended.",
		Example: "  escalate lint\n" +
			"  escalate lint escalations/2026/northwind.yaml\n" +
			"  escalate lint 2026/northwind\n" +
			"  escalate lint --base origin/main\n" +
			"  escalate lint --fix\n" +
			"  escalate lint --format sarif > escalate.sarif",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.format, err = lintFormatOf(env, opts, format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if o.base == "" && cmd.Flags().Changed("base") {
				return usagef("--base names no commit")
			}
			if o.fix && o.base != "" && env.ci.Platform != "" {
				return usagef("--fix changes the files on the disk, and with --base a job judges commits: leave one of them out")
			}
			if o.comment && (o.base == "" || len(args) > 0 || o.fix) {
				return usagef("--comment is about all that a merge request changes: give --base, no path, and no --fix")
			}
			o.args = args
			return runLint(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.base, "base", "", "check what changed since `REV`: a branch, a tag or a commit")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "make every fix that findings carry, and show what was done")
	cmd.Flags().BoolVar(&o.comment, "comment", false, "also keep remarks on the changed lines of the merge request that this job runs for")
	formatFlag(cmd, &format, "text", "json", "github", "sarif", "gitlab", "junit")
	cmd.ValidArgsFunction = orFiles(completeIDs(env, opts))
	return cmd
}

// lintFormat prints a report in one format.
type lintFormat struct {
	print func(io.Writer, finding.Report, *rule.Set) error
	// platform says that a program reads it, which knows files by their paths in
	// the whole repository.
	platform bool
	// people says that a person reads it.
	people bool
}

func lintFormatOf(env environment, opts *options, format string, stated bool) (lintFormat, error) {
	switch {
	case opts.json && stated && format != "json":
		return lintFormat{}, usagef("--json and --format %s exclude each other", format)
	case opts.json:
		format = "json"
	case !stated && env.ci.Platform == ci.GitHub:
		format = "github"
	}
	formats := map[string]lintFormat{
		"text": {print: func(w io.Writer, r finding.Report, _ *rule.Set) error {
			return report.Text(w, r, env.screen)
		}, people: true},
		"json":   {print: func(w io.Writer, r finding.Report, _ *rule.Set) error { return report.JSON(w, r) }, platform: true},
		"github": {print: func(w io.Writer, r finding.Report, _ *rule.Set) error { return report.GitHub(w, r) }, platform: true},
		"gitlab": {print: func(w io.Writer, r finding.Report, _ *rule.Set) error { return report.GitLab(w, r) }, platform: true},
		"sarif": {print: func(w io.Writer, r finding.Report, rules *rule.Set) error {
			return report.SARIF(w, r, described(rules), env.version)
		}, platform: true},
		"junit": {print: func(w io.Writer, r finding.Report, rules *rule.Set) error {
			return report.JUnit(w, r, described(rules))
		}},
	}
	f, ok := formats[format]
	if !ok {
		return lintFormat{}, usagef("there is no format %q: write text, json, github, sarif, gitlab or junit", format)
	}
	return f, nil
}

// below returns the path of the folder within the repository, by which people and
// platforms name its files. It is "" where nobody is to be told: a plain `lint`
// needs no git.
func (o lintOptions) below(ctx context.Context, s *session.Session) string {
	if o.base == "" && !o.format.platform && o.env.ci.Summary == "" {
		return ""
	}
	if repo, err := s.Repo(ctx); err == nil {
		return repo.Prefix
	}
	return inCheckout(o.env.ci.Root, s.Dir)
}

// inCheckout is the path of a folder within that into which a job's repository was
// checked out, where git cannot say it; "" for a folder elsewhere.
func inCheckout(root, dir string) string {
	if root == "" {
		return ""
	}
	for _, p := range []*string{&root, &dir} {
		if full, err := filepath.Abs(*p); err == nil {
			*p = full
		}
		if real, err := filepath.EvalSymlinks(*p); err == nil {
			*p = real
		}
	}
	within, err := filepath.Rel(root, dir)
	if err != nil || !filepath.IsLocal(within) || within == "." {
		return ""
	}
	return filepath.ToSlash(within)
}

var (
	// asArgument is the path of a file of ours, as a command of git takes it.
	asArgument = regexp.MustCompile(`(-- '?)` + tree.Folder + `/`)
	// inWords is one elsewhere in a text.
	inWords = regexp.MustCompile("(^|[\\s`'\"(:])(?:\\./)?" + tree.Folder + `/`)
)

// fromRoot returns findings whose texts name the files of a folder by their paths
// from the root of the repository. Commands of git then work in every folder.
func fromRoot(found []finding.Finding, folder string) []finding.Finding {
	if folder == "" {
		return found
	}
	literal := strings.ReplaceAll(folder, "$", "$$") + "/" + tree.Folder + "/"
	text := func(s string) string {
		return inWords.ReplaceAllString(asArgument.ReplaceAllString(s, "${1}:/"+literal), "${1}"+literal)
	}
	found = slices.Clone(found)
	for i := range found {
		found[i].Message, found[i].Hint = text(found[i].Message), text(found[i].Hint)
	}
	return found
}

// described is what the formats tell of the rules.
func described(rules *rule.Set) []report.Rule {
	var list []report.Rule
	for _, r := range rules.Rules() {
		list = append(list, report.Rule{Name: r.Name, Summary: r.Summary, Why: r.Why, Cites: r.Cites})
	}
	return list
}

// lintBase is what a tree is compared with, and how reading the commits between
// them failed.
type lintBase struct {
	lint.Base
	// head is when the newest commit was authored that is judged.
	head time.Time

	mu  sync.Mutex
	err error
}

// fail notes that the commits could not be read. Files are judged side by side.
func (b *lintBase) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = errors.Join(b.err, err)
}

// know has the base answer what only its history says.
func (b *lintBase) know(ctx context.Context, repo *git.Repo) {
	b.Stood = func(paths []string) map[string]*tree.Escalation {
		stood, err := history.Stood(ctx, repo, b.Commit, paths)
		b.fail(err)
		return stood
	}
	b.Pending = func(path string) time.Time {
		since, err := history.Since(ctx, repo, b.Commit, path, func(e *schema.Escalation) bool { return e.Product.DRI == schema.PendingPerson })
		b.fail(err)
		return since
	}
}

// against loads the base of `lint --base`, for a commit that is judged.
func (o lintOptions) against(ctx context.Context, s *session.Session, rev string) (*lintBase, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	head, err := repo.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	c, err := s.Base(ctx, o.base, head)
	if astray := (*tree.NotFolderError)(nil); err != nil && !errors.As(err, &astray) { // what mends that can be checked
		return nil, err
	}
	b := &lintBase{Base: lint.Base{Tree: c.Tree, Commit: c.ID}}
	if b.head, err = repo.Authored(ctx, head); err != nil {
		return nil, err
	}
	// Only a change that states a time asks for the commits.
	authored := sync.OnceValue(func() history.Authored {
		a, err := history.ReadAuthored(ctx, repo, c.ID, head)
		b.fail(err)
		return a
	})
	b.Authored = func(path string, fact change.Fact) (time.Time, bool) { return authored().At(path, fact) }
	b.know(ctx, repo)
	return b, nil
}

// load loads what is checked, and what it is compared with, if anything. That is
// the files on disk; of a bare clone, which has none, HEAD. Where there is a base,
// somebody may have deleted them all.
func (o lintOptions) load(ctx context.Context, s *session.Session) (*tree.Tree, *lintBase, error) {
	t, err := s.Working(ctx)
	gone := errors.Is(err, tree.ErrNoFolder)
	if o.base == "" || err != nil && !gone {
		return t, nil, err
	}
	base, baseErr := o.against(ctx, s, "HEAD")
	switch {
	case baseErr != nil && gone: // this is not the place, and that explains the rest
		return nil, nil, err
	case baseErr != nil:
		return nil, nil, baseErr
	case o.env.ci.Platform != "": // what will be merged is judged, not what a job left on its disk
		c, err := s.Commit(ctx, "HEAD")
		if err != nil {
			return nil, nil, err
		}
		return c.Tree, base, nil
	case !gone:
		return t, base, nil
	}
	repo, repoErr := s.Repo(ctx)
	switch {
	case repoErr != nil:
		return nil, nil, repoErr
	case repo.Bare:
		c, err := s.Commit(ctx, "HEAD")
		if err != nil {
			return nil, nil, err
		}
		return c.Tree, base, nil
	case len(base.Names) > 0:
		return tree.Empty(), base, nil
	}
	return nil, nil, err
}

// judge checks the files that were named, or all. It returns them, what they were
// compared with, if anything, and what was found.
func (o lintOptions) judge(ctx context.Context, s *session.Session, rules *rule.Set) (*tree.Tree, *lintBase, finding.Report, error) {
	args := o.args
	t, base, err := o.load(ctx, s)
	astray := (*tree.NotFolderError)(nil)
	if err != nil && !errors.As(err, &astray) {
		return nil, nil, finding.Report{}, err
	}
	if astray != nil { // nothing can be said of what is in it
		t, args = tree.Empty(), nil
	}
	only, err := named(o.env, o.options, s.Dir, t, args)
	if err != nil {
		return nil, nil, finding.Report{}, err
	}
	for i, p := range only {
		if only[i] = looked(t, p); only[i] == "" {
			return nil, nil, finding.Report{}, usagef("%s holds no escalation: nothing was checked", args[i])
		}
	}
	var result finding.Report
	switch {
	case astray != nil:
		result, err = astrayReport(astray, rules), nil
	case base == nil:
		result = lint.Run(t, rules)
	default:
		result = lint.Against(base.Base, t.AsOf(base.head), rules)
		err = base.err
	}
	if err = errors.Join(err, s.Err(ctx)); err != nil {
		return nil, nil, finding.Report{}, err
	}
	if len(args) > 0 {
		result.Files = 0
		for _, name := range t.Names {
			if within(name, only) {
				result.Files++
			}
		}
		result.Findings = slices.DeleteFunc(result.Findings, func(f finding.Finding) bool {
			return !within(f.Path, only) && !(f.With != "" && within(f.With, only)) && !holdsBack(t, f)
		})
	}
	return t, base, result, nil
}

func runLint(ctx context.Context, o lintOptions) error {
	env, format := o.env, o.format
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	rules := rule.All()
	var t *tree.Tree
	var base *lintBase
	var result finding.Report
	if o.fix {
		var mended []finding.Finding
		mended, result, err = o.mend(ctx, s, rules)
		err = errors.Join(err, o.show(mended))
	} else {
		t, base, result, err = o.judge(ctx, s, rules)
	}
	if err != nil {
		return err
	}
	below := o.below(ctx, s)
	result.Findings = fromRoot(result.Findings, below)
	shown, platform := result, result
	platform.Findings = slices.Clone(result.Findings)
	for i := range platform.Findings {
		platform.Findings[i].Path = path.Join(below, platform.Findings[i].Path)
	}
	if format.platform {
		shown = platform
	}
	if err := format.print(env.stdout, shown, rules); err != nil {
		return err
	}
	err = summarize(env, platform)
	if o.comment && base != nil { // else the escalations folder is none, and has no lines
		err = errors.Join(err, o.remark(ctx, s, t, base, below, platform))
	}
	if result.Failed() {
		if err != nil {
			fmt.Fprintf(env.stderr, "escalate: %v\n", err)
		}
		return errFindings
	}
	return err
}

// remark keeps remarks beside the changed lines of the merge request that this job runs
// for. A job may have checked out what a merge makes of it: of a file that is another
// one there, it is not known which line people see.
func (o lintOptions) remark(ctx context.Context, s *session.Session, t *tree.Tree, base *lintBase, below string, found finding.Report) error {
	commit, err := s.Commit(ctx, cmp.Or(o.env.ci.Change.Head, "HEAD"))
	if err != nil {
		return fmt.Errorf("cannot say it beside the lines: %w", err)
	}
	all, err := configured(o.env, t)
	if err != nil {
		return err
	}
	remarks := report.Remarks(found, func(file string) (v report.Versions) {
		name := strings.TrimPrefix(strings.TrimPrefix(file, below), "/")
		v.Is, _ = t.ReadFile(name)                                  // there may be none
		if is, _ := commit.ReadFile(name); !bytes.Equal(v.Is, is) { // the same
			return report.Versions{}
		}
		v.Was, _ = base.Tree.ReadFile(name)
		return v
	})
	return review(ctx, o.env, all, commit.ID, remarks)
}

// astrayReport tells that the escalations folder is none. It is new in each change:
// while it is so, nothing is checked.
func astrayReport(astray *tree.NotFolderError, rules *rule.Set) finding.Report {
	f := astray.Finding
	if r, ok := rules.Lookup(f.Rule); ok {
		f.Cites = r.Cites
	}
	return finding.Report{Files: 1, Findings: []finding.Finding{f}}
}

// holdsBack reports whether a finding kept the named files from being judged
// in full: then it is told whatever was named.
func holdsBack(t *tree.Tree, f finding.Finding) bool {
	switch f.Path {
	case tree.PolicyPath:
		return t.PolicyFile.Unreliable()
	case tree.PeoplePath:
		return t.PeopleFile == nil || t.PeopleFile.Unreliable()
	}
	return strings.HasPrefix(f.Path, tree.Folder+"/people.") || strings.HasPrefix(f.Path, tree.Folder+"/policy.")
}

// named turns the paths and ids of the command line into paths of the repository.
// Each must lead to something below escalations/: nothing is checked by silence.
func named(env environment, opts *options, dir string, t *tree.Tree, args []string) ([]string, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	here := root
	if opts.dir == "" {
		if here, err = env.getwd(); err != nil {
			return nil, err
		}
	}
	var paths []string
	for _, arg := range args {
		full := arg
		if !filepath.IsAbs(full) {
			full = filepath.Join(here, arg)
			if _, err := os.Lstat(full); err != nil && opts.dir != "" {
				if wd, err := env.getwd(); err == nil {
					if _, err := os.Lstat(filepath.Join(wd, arg)); err == nil {
						full = filepath.Join(wd, arg)
					}
				}
			}
		}
		name, err := filepath.Rel(root, full)
		name = filepath.ToSlash(name)
		if _, gone := os.Lstat(full); gone != nil && looked(t, name) == "" { // git may have what the disk has not
			switch id := schema.ID(arg); {
			case !os.IsNotExist(gone):
				return nil, gone
			case !id.Valid():
				return nil, unknownName("file", arg, t.Names, "write a path, or an id such as 2026/northwind")
			default:
				if err := exists(t, []schema.ID{id}, ""); err != nil {
					return nil, err
				}
				paths = append(paths, tree.Path(id))
			}
			continue
		}
		if err != nil || !fs.ValidPath(name) || name != "." && name != tree.Folder && !strings.HasPrefix(name, tree.Folder+"/") {
			return nil, usagef("%s is not in the folder %s of %s", arg, tree.Folder, dir)
		}
		paths = append(paths, name)
	}
	return paths, nil
}

// looked returns the path at which a named one was looked at: itself, or the
// link or misnamed folder that it lies in; empty if nothing was.
func looked(t *tree.Tree, name string) string {
	if slices.ContainsFunc(t.Names, func(n string) bool { return within(n, []string{name}) }) {
		return name
	}
	for p := path.Dir(name); p != "." && p != tree.Folder; p = path.Dir(p) {
		if slices.Contains(t.Names, p) {
			return p
		}
	}
	return ""
}

// within reports whether name is one of the paths, or below one.
func within(name string, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return p == "." || name == p || strings.HasPrefix(name, p+"/")
	})
}

// summarize writes the summary of a job of GitHub Actions.
func summarize(env environment, r finding.Report) error {
	return appendSummary(env, func(w io.Writer) error { return report.Summary(w, r) })
}

// appendSummary adds to the summary of a job of GitHub Actions, if there is one.
func appendSummary(env environment, write func(io.Writer) error) error {
	return appendTo(env.ci.Summary, "the job summary", write)
}

// appendTo adds to a file that a job has for something, if it has one.
func appendTo(name, what string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", what, err)
	}
	return errors.Join(write(f), f.Close())
}
