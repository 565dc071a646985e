package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/schema"
)

// oneOptions says which escalation is shown, and how.
type oneOptions struct {
	*options
	env    environment
	meant  string
	now    time.Time
	format string
}

func newShow(env environment, opts *options) *cobra.Command {
	cmd := oneCommand(env, opts, "text", runShow)
	cmd.Use = "show ID"
	cmd.Short = "Show all of one escalation on a screen"
	cmd.Long = "Shows all of one escalation: facts, who has a part, exit criteria, next steps and how late they are, the clocks " +
		"with what is next, the latest updates, what was told with its links, and the case's fields to copy.\n\n" + naming
	cmd.Example = "  escalate show 2026/northwind\n  escalate show northwind\n  escalate show northwind --json"
	return cmd
}

// naming says how an escalation is named.
const naming = "ID is an id, the customer's name, or a part of one of these. Of several, the one that is open is meant."

// oneCommand is a command that shows one escalation, which it finds, in a format of its
// own or as JSON.
func oneCommand(env environment, opts *options, own string, show func(context.Context, oneOptions, *session.Session, *tree.Tree, *tree.Escalation) error) *cobra.Command {
	o := oneOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Args:              one,
		ValidArgsFunction: completeOne(env, opts, ""),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.meant = args[0]
			if o.format, err = formatOf(opts, o.format, cmd.Flags().Changed("format"), own, "json"); err != nil {
				return err
			}
			if o.now, err = moment(); err != nil {
				return err
			}
			s, err := o.open(o.env)
			if err != nil {
				return err
			}
			defer s.Close()
			t, e, err := o.load(cmd.Context(), s)
			if err != nil {
				return err
			}
			return show(cmd.Context(), o, s, t, e)
		},
	}
	moment = nowFlag(cmd, env, "ask about this moment")
	formatFlag(cmd, &o.format, own, "json")
	return cmd
}

// one takes the name of one escalation.
func one(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("which escalation? Write its id or its customer, such as: %s 2026/northwind", cmd.CommandPath())
	}
	return atMost(1)(cmd, args)
}

// load finds the escalation that is meant. Where its file has errors, it says so,
// and the error is errFindings: what it says might not be what was meant.
func (o oneOptions) load(ctx context.Context, s *session.Session) (*tree.Tree, *tree.Escalation, error) {
	t, err := s.Working(ctx)
	if err != nil {
		return nil, nil, err
	}
	id, err := meantID(t, o.meant)
	if err != nil {
		return nil, nil, err
	}
	e := t.Load(tree.Path(id))
	if !e.HeldBack() {
		return t, e, nil
	}
	if o.format == "json" {
		err = viewprint.UnreadJSON(o.env.stdout, id, view.HeldBack)
	} else {
		_, err = fmt.Fprintf(o.env.stdout, "UNKNOWN %s: %s\n", escape.Line(string(id)), view.HeldBack)
	}
	if err == nil {
		err = errFindings
	}
	return nil, nil, err
}

func runShow(ctx context.Context, o oneOptions, s *session.Session, t *tree.Tree, e *tree.Escalation) error {
	v, err := viewed(ctx, o, s, t, e)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return viewprint.ShowJSON(o.env.stdout, v)
	}
	return paged(ctx, o.env, func(w io.Writer) error { return viewprint.Show(w, v, o.env.screen) })
}

// viewed is all of an escalation: its file, the clocks, and what the ledger has.
func viewed(ctx context.Context, o oneOptions, s *session.Session, t *tree.Tree, e *tree.Escalation) (view.Escalation, error) {
	r, err := clocks(ctx, s, t.Only(e.ID), o.now)
	if err != nil {
		return view.Escalation{}, err
	}
	told, err := toldOf(ctx, s, e.ID)
	if errors.Is(err, ledger.ErrUnreadable) { // its file stands nevertheless
		fmt.Fprintf(o.env.stderr, "escalate: what was told of it is not known: %s\n", escape.Line(err.Error()))
		err = nil
	}
	return view.Of(t, e, r, told), err
}

// toldOf is what the ledger has of an escalation: nothing where there is none, or
// nothing of git.
func toldOf(ctx context.Context, s *session.Session, id schema.ID) ([]notice.Notice, error) {
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, nil
	}
	remote, err := s.Remote(ctx)
	if err != nil {
		return nil, nil // nobody knows which of the ledgers counts
	}
	return ledger.Read(ctx, repo, remote, id)
}
