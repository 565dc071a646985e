package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/history/historyprint"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// logOptions says what is shown, and how.
type logOptions struct {
	*options
	env environment
	// id is "" for all escalations.
	id schema.ID
	// at is the moment that runLogAt shows.
	at     time.Time
	format string
}

func newLog(env environment, opts *options) *cobra.Command {
	o := logOptions{options: opts, env: env}
	var at string
	cmd := &cobra.Command{
		Use:   "log [ID]",
		Short: "Show what changed when, by whom, and what was told",
		Long: "Shows each change of a fact of one escalation, or of all, as the commits have it, and each notice of " +
			"the ledger. With --at, what was true of one at a moment, who was informed, and what had been told. " +
			"It reads the first parents of HEAD, never the files on disk. Times are in UTC.",
		Example: "  escalate log\n" +
			"  escalate log 2026/northwind\n" +
			"  escalate log 2026/northwind --at 2026-11-24T12:00:00Z",
		Args:              atMost(1),
		ValidArgsFunction: first(completeIDs(env, opts)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.format, err = outputFormat(opts, o.format, cmd.Flags().Changed("format")); err != nil {
				return err
			}
			if len(args) == 1 {
				if o.id, err = escalationID(args[0]); err != nil {
					return err
				}
			}
			if !cmd.Flags().Changed("at") {
				return runLog(cmd.Context(), o)
			}
			if o.at, err = parseMoment(at); err != nil {
				return err
			}
			if o.id == "" {
				return usagef("--at needs an escalation: write, for example, escalate log 2026/northwind --at %s", at)
			}
			return runLogAt(cmd.Context(), o)
		},
	}
	opts.remoteFlag(cmd)
	cmd.Flags().StringVar(&at, "at", "", "show what was true at `T`: 2026-11-24T12:00:00Z, or 2026-11-24 for the end of that day in UTC")
	formatFlag(cmd, &o.format, "text", "json", "markdown")
	return cmd
}

// outputFormat is the format of a command that has text, json and markdown.
func outputFormat(opts *options, format string, stated bool) (string, error) {
	return formatOf(opts, format, stated, "text", "json", "markdown")
}

// formatOf is the format of a command that has some.
func formatOf(opts *options, format string, stated bool, formats ...string) (string, error) {
	switch {
	case opts.json && stated && format != "json":
		return "", usagef("--json and --format %s exclude each other", format)
	case opts.json:
		return "json", nil
	case !slices.Contains(formats, format):
		return "", usagef("there is no format %q: write %s", format, words.Or(formats))
	}
	return format, nil
}

// escalationID reads an id, or the path of the file.
func escalationID(arg string) (schema.ID, error) {
	name := strings.TrimPrefix(arg, "./")
	if !strings.HasPrefix(name, tree.Folder+"/") {
		name = tree.Path(schema.ID(name))
	}
	if !tree.IsEscalation(name) {
		return "", usagef("%q is no id: write all of it, such as 2026/northwind, or the path, such as escalations/2026/northwind.yaml", arg)
	}
	return tree.ID(name), nil
}

// parseMoment reads a moment, or a day, which stands for its end.
func parseMoment(s string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usagef("--at %q is no time: write 2026-11-24T12:00:00Z, or 2026-11-24", s)
	}
	return t.UTC(), nil
}

// record is what a log is made of: the commits up to head, and the notices.
type record struct {
	repo    *git.Repo
	head    string
	notices []notice.Notice
}

// read opens the repository and reads what the ledger has of the escalation.
func (o logOptions) read(ctx context.Context) (r record, err error) {
	s, err := o.open(o.env)
	if err != nil {
		return r, err
	}
	defer s.Close()
	if r.repo, err = s.Repo(ctx); err != nil {
		return r, err
	}
	if r.head, err = r.repo.Resolve(ctx, "HEAD"); err != nil {
		return r, err
	}
	remote, err := s.Remote(ctx)
	if err != nil {
		return r, err
	}
	r.notices, err = ledger.Read(ctx, r.repo, remote, o.id)
	return r, err
}

func runLog(ctx context.Context, o logOptions) error {
	r, err := o.read(ctx)
	if err != nil {
		return err
	}
	env, id := o.env, o.id
	notices := slices.DeleteFunc(r.notices, func(n notice.Notice) bool { return !n.Tells() })
	seen := false
	events := func(yield func(history.Event, error) bool) {
		for e, err := range history.Events(ctx, r.repo, r.head, id, env.now()) {
			seen = seen || err == nil
			if !yield(e, err) {
				return
			}
		}
		if id != "" && !seen {
			yield(history.Event{}, r.unknown(ctx, id))
		}
	}
	l := historyprint.Log{Events: history.WithNotices(events, notices), Single: id != ""}
	switch o.format {
	case "json":
		return historyprint.JSON(env.stdout, l)
	case "markdown":
		return historyprint.Markdown(env.stdout, l)
	}
	return paged(ctx, env, func(w io.Writer) error { return historyprint.Text(w, l, env.screen) })
}

func runLogAt(ctx context.Context, o logOptions) error {
	r, err := o.read(ctx)
	if err != nil {
		return err
	}
	state, err := history.At(ctx, r.repo, r.head, o.id, o.at, o.env.now())
	var absent *history.NotThereError
	switch {
	case errors.Is(err, history.ErrNeverThere):
		return r.unknown(ctx, o.id)
	case errors.As(err, &absent):
		return usageError{err}
	case err != nil:
		return err
	}
	env := o.env
	s := historyprint.State{State: state, At: o.at}
	for _, n := range r.notices {
		if n.Tells() && n.State == notice.Done && !n.At.After(o.at) {
			s.Told = append(s.Told, n)
		}
	}
	switch o.format {
	case "json":
		return historyprint.StateJSON(env.stdout, s)
	case "markdown":
		return historyprint.StateMarkdown(env.stdout, s)
	}
	return historyprint.StateText(env.stdout, s, env.screen)
}

// unknown says that no commit ever had an escalation, and which one was probably
// meant.
func (r record) unknown(ctx context.Context, id schema.ID) error {
	files, err := r.repo.Tree(ctx, r.head, tree.Folder)
	if err != nil {
		return err
	}
	defer files.Close()
	paths, err := fs.Glob(files, tree.Folder+"/*/*.yaml")
	if err != nil {
		return err
	}
	var known []string
	for _, path := range paths {
		if tree.IsEscalation(path) {
			known = append(known, string(tree.ID(path)))
		}
	}
	if meant := nearest.Of(string(id), known); meant != "" {
		return usagef("there is no escalation %s; did you mean %s?", id, meant)
	}
	return usagef("there is no escalation %s: `escalate log` shows all", id)
}

// paged lets print write to the user's pager where stdout is a terminal, else
// to stdout.
func paged(ctx context.Context, env environment, print func(io.Writer) error) error {
	if env.pager == nil {
		return print(env.stdout)
	}
	cmd := exec.Command(env.pager[0], env.pager[1:]...)
	cmd.Stdout, cmd.Stderr = env.stdout, env.stderr
	cmd.Env = os.Environ()
	for _, v := range []string{"LESS=FRX", "LESSCHARSET=utf-8"} {
		if name, _, _ := strings.Cut(v, "="); env.getenv(name) == "" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	in, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return print(env.stdout) // better than nothing
	}
	p := &pipe{to: in}
	err = print(p)
	in.Close()
	// How a pager ends says nothing. Whoever quits it early has seen enough,
	// also where that stopped this process.
	waited := cmd.Wait()
	if p.closed || ctx.Err() != nil {
		return nil
	}
	var exit *exec.ExitError
	if err == nil && !errors.As(waited, &exit) {
		err = waited
	}
	return err
}

// pipe leads to a pager, and remembers that it was quit.
type pipe struct {
	to     io.Writer
	closed bool
}

func (p *pipe) Write(b []byte) (int, error) {
	n, err := p.to.Write(b)
	p.closed = p.closed || err != nil
	return n, err
}

// findPager returns the user's pager and its arguments; nil where there is to
// be none, or none is installed.
func findPager(lookup func(string) (string, bool)) []string {
	stated, ok := lookup("PAGER")
	words := strings.Fields(stated)
	if !ok {
		words = []string{"less", "-FRX"}
	}
	if len(words) == 0 || words[0] == "cat" {
		return nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil
	}
	return words
}
