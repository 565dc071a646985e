package main

import (
	"context"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/process/handbook"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// A completion answers a shell while somebody types. Whatever goes wrong, it says
// nothing: there is nobody to tell.

// longestDescription is how many columns are said of a word at most.
const longestDescription = 60

// plainWord is a word that means itself in every shell, and is no flag. Anything else
// is never offered: what a file or a branch is called might be a command.
var plainWord = regexp.MustCompile(`^[\pL\pN_@][\pL\pN_@./+-]*$`)

// offers are the words that begin as somebody began, each with what is said of it.
type offers struct {
	begun string
	list  []cobra.Completion
}

// add offers a word, if it is fit for a shell and for what was begun.
func (o *offers) add(word, description string) {
	if strings.HasPrefix(word, o.begun) && plainWord.MatchString(word) {
		o.list = append(o.list, cobra.CompletionWithDesc(word, terminal.Clip(terminal.Line(words.Line(description)), longestDescription)))
	}
}

// completeFrom offers words of the files as they stand.
func completeFrom(env environment, opts *options, offer func(*tree.Tree, *offers)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all := &offers{begun: begun}
		if s, err := opts.open(env); err == nil {
			defer s.Close()
			if t, err := s.Working(cmd.Context()); err == nil {
				offer(t, all)
			}
		}
		return all.list, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeIDs offers the ids of the escalations, as many as somebody wants.
func completeIDs(env environment, opts *options) cobra.CompletionFunc {
	return completeFrom(env, opts, func(t *tree.Tree, all *offers) { offerIDs(t, all, "") })
}

// completeOne offers the ids of the escalations of a status (of all, where it is ""),
// for the first argument alone; to somebody who does not begin with the year, the
// names in them.
func completeOne(env environment, opts *options, status view.Status) cobra.CompletionFunc {
	return first(completeFrom(env, opts, func(t *tree.Tree, all *offers) {
		offerIDs(t, all, status)
		if len(all.list) == 0 {
			offerNames(t, all, status)
		}
	}))
}

// offerIDs offers ids. Only files that are offered are read.
func offerIDs(t *tree.Tree, all *offers, status view.Status) {
	for _, p := range t.Paths {
		if id := string(tree.ID(p)); strings.HasPrefix(id, all.begun) {
			if g := t.Glance(p); fits(g, status) {
				all.add(id, said(g))
			}
		}
	}
}

// offerNames offers the names in ids, where one means one escalation: as tree.Find
// understands them.
func offerNames(t *tree.Tree, all *offers, status view.Status) {
	named := map[string][]tree.Glance{}
	for _, p := range t.Paths {
		if name := path.Base(string(tree.ID(p))); strings.HasPrefix(name, all.begun) {
			named[name] = append(named[name], t.Glance(p))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		same := named[name]
		if open := slices.DeleteFunc(slices.Clone(same), func(g tree.Glance) bool { return g.Closed }); len(open) == 1 {
			same = open
		}
		if len(same) == 1 && fits(same[0], status) {
			all.add(name, string(same[0].ID)+": "+said(same[0]))
		}
	}
}

func fits(g tree.Glance, status view.Status) bool {
	return status == "" || g.Closed == (status != view.Open)
}

// said is what is said of an escalation.
func said(g tree.Glance) string {
	var facts []string
	for _, fact := range []string{string(g.Customer), string(g.Severity)} {
		if fact != "" {
			facts = append(facts, terminal.Clip(words.Line(fact), longestDescription/2))
		}
	}
	if g.Closed {
		facts = append(facts, "closed")
	}
	return strings.Join(facts, ", ")
}

// completeHandles offers the people who have not left, by handle, with their names.
func completeHandles(env environment, opts *options) cobra.CompletionFunc {
	return completeFrom(env, opts, func(t *tree.Tree, all *offers) {
		at := "" // an @ before a handle is allowed
		if strings.HasPrefix(all.begun, "@") {
			at = "@"
		}
		people := t.People.On(env.now()).People
		for _, h := range slices.Sorted(maps.Keys(people)) {
			if p := people[h]; p.Left.IsZero() {
				all.add(at+string(h), strings.Join(append([]string{string(p.Name)}, words.Plain(p.Roles)...), ", "))
			}
		}
	})
}

// completeRegions offers the regions of the policy.
func completeRegions(env environment, opts *options) cobra.CompletionFunc {
	return completeFrom(env, opts, func(t *tree.Tree, all *offers) {
		for _, name := range slices.Sorted(maps.Keys(t.Policy.Regions)) {
			all.add(name, string(t.Policy.Regions[name].Zone))
		}
	})
}

// completeSeverities offers the severities, with their meaning by the policy.
func completeSeverities(env environment, opts *options) cobra.CompletionFunc {
	return completeFrom(env, opts, func(t *tree.Tree, all *offers) {
		for _, s := range schema.AllSeverities() {
			all.add(string(s), string(t.Policy.Severities.Of(s).Meaning))
		}
	})
}

// completeWords offers words that are always the same, in their order.
func completeWords[T ~string](list ...T) cobra.CompletionFunc {
	return cobra.FixedCompletions(words.Plain(list), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
}

// completeRules offers the rules of lint, and those of the process.
func completeRules(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all := &offers{begun: begun}
	for _, r := range rule.All().Rules() {
		all.add(r.Name, r.Summary)
	}
	for _, p := range handbook.Rules() {
		all.add(p.Number, p.Title)
	}
	return all.list, cobra.ShellCompDirectiveNoFileComp
}

// mostRevisions is how many branches and tags are offered at most.
const mostRevisions = 200

// completeFromGit offers names of the repository.
func completeFromGit(env environment, opts *options, offer func(context.Context, *git.Repo, *offers)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all := &offers{begun: begun}
		if s, err := opts.open(env); err == nil {
			defer s.Close()
			if repo, err := s.Repo(cmd.Context()); err == nil {
				offer(cmd.Context(), repo, all)
			}
		}
		return all.list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// completeRevisions offers HEAD, branches and tags, the latest first.
func completeRevisions(env environment, opts *options) cobra.CompletionFunc {
	return completeFromGit(env, opts, func(ctx context.Context, repo *git.Repo, all *offers) {
		all.add("HEAD", "what is checked out")
		refs, _ := repo.Refs(ctx, mostRevisions)
		for _, r := range refs {
			all.add(r.Name, r.Kind)
		}
	})
}

// completeRange offers both ends of a range of commits, one after the other.
func completeRange(env environment, opts *options) cobra.CompletionFunc {
	revisions := completeRevisions(env, opts)
	return first(func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		from, to, ends := strings.Cut(begun, "..")
		if ends {
			list, directive := revisions(cmd, args, to)
			return prefixed(from+"..", list), directive
		}
		list, directive := revisions(cmd, args, from)
		for i, c := range list {
			word, description, _ := strings.Cut(c, "\t")
			list[i] = cobra.CompletionWithDesc(word+"..", description)
		}
		return list, directive | cobra.ShellCompDirectiveNoSpace
	})
}

// completeBranches offers the branches.
func completeBranches(env environment, opts *options) cobra.CompletionFunc {
	return completeFromGit(env, opts, func(ctx context.Context, repo *git.Repo, all *offers) {
		refs, _ := repo.Refs(ctx, mostRevisions)
		for _, r := range refs {
			if r.Kind == "branch" {
				all.add(r.Name, "")
			}
		}
	})
}

// completeRemotes offers the remotes.
func completeRemotes(env environment, opts *options) cobra.CompletionFunc {
	return completeFromGit(env, opts, func(ctx context.Context, repo *git.Repo, all *offers) {
		remotes, _ := repo.Remotes(ctx)
		for _, r := range remotes {
			all.add(r, "")
		}
	})
}

// first offers something for the first argument alone.
func first(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, begun)
	}
}

// completeFolders offers folders.
func completeFolders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// orFiles offers files, where f offers nothing.
func orFiles(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		list, _ := f(cmd, args, begun)
		return list, cobra.ShellCompDirectiveDefault
	}
}

// listed offers the last of several words with commas between them, and none that
// is there already.
func listed(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		at := strings.LastIndexByte(begun, ',') + 1
		list, directive := f(cmd, args, begun[at:])
		there := strings.Split(begun[:at], ",")
		list = slices.DeleteFunc(slices.Clone(list), func(c cobra.Completion) bool {
			word, _, _ := strings.Cut(c, "\t")
			return slices.Contains(there, word)
		})
		return prefixed(begun[:at], list), directive
	}
}

func prefixed(before string, list []cobra.Completion) []cobra.Completion {
	for i, c := range list {
		list[i] = before + c
	}
	return list
}

// completeNothing offers nothing: what is asked for nobody can guess.
var completeNothing = cobra.NoFileCompletions

// completeCSV offers the tables that a spreadsheet exported.
func completeCSV(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return []cobra.Completion{"csv"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeRest has the shell complete the values of the flags of a command and of
// those below it, by their names: a name means the same everywhere. What a command
// completes by itself, such as --format, stays. Where nothing is known of an argument,
// nothing is offered: a file of this folder is never meant.
func completeRest(cmd *cobra.Command, env environment, opts *options) {
	byName := map[string]cobra.CompletionFunc{
		"at": completeNothing, "now": completeNothing, "message": completeNothing, "file": orFiles(completeNothing), "people": completeCSV, "output": completeFolders,
		"base": completeRevisions(env, opts), "head": completeRevisions(env, opts),
		"branch": completeBranches(env, opts), "remote": completeRemotes(env, opts),
		"person": completeHandles(env, opts),
		"region": listed(completeRegions(env, opts)), "severity": listed(completeSeverities(env, opts)),
	}
	var below func(*cobra.Command)
	below = func(c *cobra.Command) {
		if c.ValidArgsFunction == nil && !c.HasSubCommands() {
			c.ValidArgsFunction = completeNothing
		}
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if _, has := c.GetFlagCompletionFunc(f.Name); has {
				return
			}
			if complete, known := byName[f.Name]; known {
				_ = c.RegisterFlagCompletionFunc(f.Name, complete) // the flag is there, and has none
			}
		})
		for _, c := range c.Commands() {
			below(c)
		}
	}
	below(cmd)
	_ = cmd.MarkPersistentFlagDirname("dir") // root has it
}

// formatFlag gives a command the flag --format; the first format is the default.
func formatFlag(cmd *cobra.Command, format *string, formats ...string) {
	cmd.Flags().StringVar(format, "format", formats[0], "how to print: "+words.Or(formats))
	_ = cmd.RegisterFlagCompletionFunc("format", completeWords(formats...)) // as above
}
