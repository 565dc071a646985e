package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/prompt"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/terminal"
)

// The exit codes.
const (
	exitClean    = 0 // nothing to say
	exitFindings = 1 // an error was found
	exitUsage    = 2 // the command was called wrongly
	exitFailed   = 3 // the command could not run

	exitStopped = 130 // whoever was asked stopped it, as a shell says of Ctrl-C
)

// environment is what the commands see of the world.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	ci             ci.Environment // what getenv says of the job that this runs in
	getwd          func() (string, error)
	screen         terminal.Screen // what stdout is shown on
	version        string
	build          starter.Version // what version is, as a workflow names it
	toolchain      string          // the go command; "" where there is none
	now            func() time.Time
	// spend says how much memory the process may have; nil where it is not the command's
	// alone.
	spend func(percent int, limit int64)
	// ask asks whoever is at the terminal; nil where nobody is.
	ask *asker
	// pager shows long output, a command and its arguments; nil where stdout is
	// no terminal.
	pager []string
	// progress says that stderr is a terminal: what takes long may say how far
	// it is.
	progress bool
}

// options are the flags that every command has, or several.
type options struct {
	dir  string
	json bool
	// Of the commands that read the ledger: where it is, and what is true.
	remote, branch string
}

// open opens what a command is about. The caller closes it.
func (o *options) open(env environment) (*session.Session, error) {
	so := session.Options{Dir: o.dir, Remote: o.remote, Branch: o.branch}
	if o.dir == "" {
		var err error
		if so.Here, err = env.getwd(); err != nil {
			return nil, err
		}
	}
	return session.Open(so)
}

// remoteFlag gives a command the flag --remote.
func (o *options) remoteFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.remote, "remote", "", "the remote that has the ledger (default: the only one, or origin)")
}

// branchFlag gives a command the flag --branch.
func (o *options) branchFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.branch, "branch", "", "the default branch, where the remote names none")
}

// usageError is a call that makes no sense: exit 2, with a hint at --help.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFindings ends a command that has said what it found: exit 1.
var errFindings = errors.New("findings")

// run runs one command and returns its exit code.
func run(ctx context.Context, args []string, env environment) int {
	env.ci = ci.Read(env.getenv)
	root := newRoot(env)
	root.SetArgs(args)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	var unfit session.UsageError
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, prompt.ErrStopped):
		fmt.Fprintf(env.stderr, "escalate: %v\n", err)
		return exitStopped
	case errors.As(err, &usage), errors.As(err, &unfit):
		env.tells(err.Error())
		fmt.Fprintf(env.stderr, "Try: %s --help\n", cmd.CommandPath())
		return exitUsage
	default:
		env.tells(err.Error())
		return exitFailed
	}
}

// tells says something on standard error: at a terminal in lines that end between words,
// elsewhere as it is, since programs look for it.
func (e environment) tells(text string) {
	text = "escalate: " + escape.Terminal(text)
	if e.progress {
		text = e.screen.WrapStated(text, 0, "  ")
	}
	fmt.Fprintln(e.stderr, text)
}

func newRoot(env environment) *cobra.Command {
	opts := &options{}
	root := &cobra.Command{
		Use:   "escalate",
		Short: "Customer escalations as code",
		Long: "A customer escalation is a YAML file in a git repository. escalate checks the files " +
			"against the escalation process.\n\n" +
			"Exit codes: 0 nothing to say, 1 findings, 2 wrong usage, 3 could not run, 130 stopped at a question.",
		Version:                    env.version,
		SilenceErrors:              true,
		SilenceUsage:               true,
		SuggestionsMinimumDistance: 2,
		Args:                       noCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(unknownFlag)
	root.PersistentFlags().StringVar(&opts.dir, "dir", "", "the repository (default: the nearest folder upwards that holds escalations/)")
	root.PersistentFlags().BoolVar(&opts.json, "json", false, "print JSON")
	setHelp(root, env.screen)
	changing := []*cobra.Command{newAct(env, opts, act.New())}
	for _, a := range act.All() {
		changing = append(changing, newAct(env, opts, a))
	}
	last := "" // the last group takes cobra's own commands
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"To read", []*cobra.Command{newList(env, opts), newShow(env, opts), newBrief(env, opts), newLetter(env, opts), newStale(env, opts), newCalendar(env, opts), newLog(env, opts), newExport(env, opts), newSite(env, opts)}},
		{"To open, change and close an escalation", changing},
		{"To check", []*cobra.Command{newLint(env, opts), newPlan(env, opts), newExplain(env, opts), newAudit(env, opts)}},
		{"To run it", []*cobra.Command{newApply(env, opts), newBot(env, opts)}},
		{"To set it up", []*cobra.Command{newInit(env, opts), newDoctor(env, opts), newForm(env, opts), newSchema(env, opts)}},
	} {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.title
		}
		root.AddCommand(g.commands...)
		last = g.title
	}
	root.AddCommand(newShare(env), newProgram(env))
	root.SetCompletionCommandGroupID(last)
	root.SetHelpCommandGroupID(last)
	completeRest(root, env, opts)
	return root
}

// unknownFlag says of a flag that there is not which one was meant.
func unknownFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err}
	}
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
	if meant := nearest.Of(unknown.GetSpecifiedName(), flags); meant != "" {
		return usagef("%w; did you mean --%s?", err, meant)
	}
	return usageError{err}
}

// noCommand refuses words that name no command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := cmd.SuggestionsFor(args[0])
	if meant := nearest.Of(args[0], near); meant != "" { // of several, not the first
		near = []string{meant}
	}
	if len(near) > 0 {
		return usagef("there is no command %q; did you mean %q?", args[0], near[0])
	}
	return usagef("there is no command %q", args[0])
}

// atMost refuses more than n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("too many arguments: %q", args[n])
		}
		return nil
	}
}

// nowFlag gives a command the flag --now, and returns what reads it: the moment
// that the command is about.
func nowFlag(cmd *cobra.Command, env environment, usage string) func() (time.Time, error) {
	at := cmd.Flags().String("now", "", usage+", such as 2026-12-01T09:00:00Z or 2026-12-01 (default: the present)")
	return func() (time.Time, error) {
		if !cmd.Flags().Changed("now") {
			return env.now(), nil
		}
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if now, err := time.Parse(layout, *at); err == nil {
				return now, nil
			}
		}
		return time.Time{}, usagef("--now %q is no moment: write it as 2026-12-01T09:00:00Z, or as a day, 2026-12-01, for its beginning in UTC", *at)
	}
}
