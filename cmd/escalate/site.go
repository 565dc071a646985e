package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/escalations-as-code/escalate/internal/act"
	"github.com/escalations-as-code/escalate/internal/audit"
	"github.com/escalations-as-code/escalate/internal/board"
	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/compose"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/form"
	"github.com/escalations-as-code/escalate/internal/git"
	"github.com/escalations-as-code/escalate/internal/history"
	"github.com/escalations-as-code/escalate/internal/ics"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/ledger"
	"github.com/escalations-as-code/escalate/internal/notice"
	"github.com/escalations-as-code/escalate/internal/redact"
	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/internal/session"
	"github.com/escalations-as-code/escalate/internal/site"
	"github.com/escalations-as-code/escalate/internal/stale"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/tree"
	"github.com/escalations-as-code/escalate/internal/view"
	"github.com/escalations-as-code/escalate/internal/view/viewprint"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// siteOptions says what the pages are made of, and where they go.
type siteOptions struct {
	*options
	env    environment
	now    time.Time
	out    string
	redact bool
	pages  bool
	serve  bool
}

func newSite(env environment, opts *options) *cobra.Command {
	o := siteOptions{options: opts, env: env}
	var moment func() (time.Time, error)
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Write the board as static pages, with charts",
		Long: "Writes pages into a folder: the board, one page for each escalation with its timeline and what was true after " +
			"each event, one for each customer, the load of people, trends, and all numbers as data.json, of which " +
			"`escalate schema board` prints the JSON Schema. They need no server and ask no other host. They are made of what is " +
			"committed, and of the ledger. The folder is its own: one that holds anything else is refused, and pages of what is " +
			"gone are taken away.\n\n" +
			"Of a restricted escalation the pages show id, severity and DRI. With --redact, all that somebody could be known by " +
			"is a pseudonym, as in export. --serve also serves the folder, to this machine alone, until it is stopped. --pages also says, " +
			"in a job of GitHub Actions to its next steps, whether the folder may be published as the site of the repository: where the forge " +
			"says that those alone read it who read the repository. In a job of GitLab it exits 1 where it may not: GitLab publishes what a job " +
			"leaves that does not fail.",
		Example: "  escalate site -o site\n  escalate site --serve\n  " + redactKey + "=... escalate site -o public --redact",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.now, err = moment(); err != nil {
				return err
			}
			if o.out == "" {
				return usagef("-o names no folder")
			}
			return runSite(cmd.Context(), o)
		},
	}
	opts.remoteFlag(cmd)
	cmd.Flags().StringVarP(&o.out, "output", "o", "site", "the `DIR` that the pages go into")
	cmd.Flags().BoolVar(&o.redact, "redact", false, "replace customers, people, free text and links by pseudonyms")
	cmd.Flags().BoolVar(&o.pages, "pages", false, "then say whether the forge may publish the folder")
	cmd.Flags().BoolVar(&o.serve, "serve", false, "then serve the folder on the loopback address")
	moment = nowFlag(cmd, env, "show how it stands at this moment")
	return cmd
}

func runSite(ctx context.Context, o siteOptions) error {
	env := o.env
	if env.spend != nil {
		// What happened to each escalation stays until its page is written.
		env.spend(400, 340<<20)
	}
	s, err := o.open(env)
	if err != nil {
		return err
	}
	defer s.Close()
	// It is built while the history is read.
	built := make(chan siteProgram, 1)
	building, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		var p siteProgram
		if !o.redact {
			p.Program, p.err = composeProgram(building, env)
		}
		built <- p
	}()
	m, err := newSiteMaker(ctx, o, s)
	if err != nil {
		return err
	}
	defer m.close()
	m.program = <-built
	if why := (errNoProgram{}); m.program.err != nil && !errors.As(m.program.err, &why) {
		return m.program.err
	}
	if m.pages, err = site.New(site.Options{Redacted: o.redact, Compose: m.composes()}); err != nil {
		return err
	}
	out, err := openFolder(o.out)
	if err != nil {
		return err
	}
	defer out.Close()
	if o.redact { // nothing of a site in clear text stays, wherever this one ends
		if err := out.clear(); err != nil {
			return err
		}
	}
	b, err := m.make(ctx, out.put)
	if err == nil {
		err = s.Err(ctx)
	}
	if err == nil {
		err = out.tidy()
	}
	if err != nil {
		return err
	}
	if err = o.say(b, len(out.written), m.program.err); err == nil && o.pages {
		err = o.decide(ctx)
	}
	if err != nil || !o.serve {
		return err
	}
	return serveFolder(ctx, env, o.out)
}

// say says what was written.
func (o siteOptions) say(b schema.Board, files int, without error) error {
	open := 0
	for _, t := range b.Totals {
		open += t.Open
	}
	for _, u := range b.Unread {
		fmt.Fprintf(o.env.stderr, "escalate: not all is known of %s: %s\n", escape.Line(string(u.ID)), escape.Line(string(u.Why)))
	}
	if o.json {
		return jsonfmt.Write(o.env.stdout, struct {
			Dir         string `json:"dir"`
			Files       int    `json:"files"`
			Escalations int    `json:"escalations"`
			Open        int    `json:"open"`
			Redacted    bool   `json:"redacted"`
			Compose     bool   `json:"compose"`
			Why         string `json:"why"` // there is no compose page
		}{o.out, files, len(b.Escalations), open, b.Redacted, without == nil && !b.Redacted, whyNot(without)})
	}
	_, err := fmt.Fprintf(o.env.stdout, "%s of %s, %d open: %s\n", words.Count(files, "file"), words.Count(len(b.Escalations), "escalation"), open,
		escape.Line(filepath.Join(o.out, "index.html")))
	if err == nil && without != nil {
		_, err = fmt.Fprintf(o.env.stdout, "Without compose.html: %s.\n", escape.Line(whyNot(without)))
	}
	return err
}

func whyNot(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// siteProgram is what the compose page runs, or why there is none.
type siteProgram struct {
	site.Program
	err error
}

// siteMaker makes the values of the pages, and the pages of them, one escalation at a
// time.
type siteMaker struct {
	siteOptions
	tree     *tree.Tree
	report   stale.Report
	of       func(schema.ID) stale.Report
	record   *board.Record
	audit    map[schema.ID]audit.Row
	book     *ledger.Book // nil where there is no ledger
	files    *git.Tree
	redactor *redact.Redactor // nil where nothing is redacted
	pages    *site.Pages
	program  siteProgram
	forge    ci.Forge
	branch   string
	// hasForm and hasSchema say that the repository has the issue form and the schema.
	hasForm, hasSchema bool
}

// composes reports whether there is a compose page.
func (m *siteMaker) composes() bool { return !m.redact && m.program.err == nil }

// newSiteMaker reads what the pages are made of: the tree of HEAD with its clocks, and in
// one pass all events and how the cadence was kept.
func newSiteMaker(ctx context.Context, o siteOptions, s *session.Session) (*siteMaker, error) {
	m := &siteMaker{siteOptions: o, audit: map[schema.ID]audit.Row{}}
	repo, err := s.Repo(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.Commit(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	m.tree = c.Tree
	now, err := history.Present(ctx, repo, c.ID, o.now)
	if err != nil {
		return nil, err
	}
	rules, err := history.AllRules(ctx, repo, c.ID, now)
	if err != nil {
		return nil, err
	}
	m.record = board.NewRecord(rules)
	var timeline history.Timeline
	replay := audit.Options{To: c.ID, Now: now, Tell: func(audit.Violation) error { return nil }, Version: func(v *history.Version) {
		for _, e := range timeline.Next(v) {
			m.record.Add(e)
		}
	}}
	said := func() {}
	if o.env.progress {
		replay.Progress, said = progress(o.env)
	}
	result, err := audit.Run(ctx, repo, s.Check, rule.All(), replay)
	said()
	if err != nil {
		return nil, err
	}
	for _, r := range result.Rows {
		m.audit[r.Escalation] = r
	}
	past := locally(ctx, s)
	m.report = stale.Check(m.tree, o.now, past.of)
	if past.err != nil {
		return nil, past.err
	}
	m.of = m.report.Split()
	if o.redact {
		if m.redactor, err = redactor(o.env, m.tree.Policy); err != nil {
			return nil, err
		}
	}
	if m.forge, err = ownForge(ctx, o.env, s, repo); err != nil {
		return nil, err
	}
	if m.branch, err = repo.Branch(ctx); err != nil {
		return nil, err
	}
	formPath := form.PathOn(m.forge.Platform)
	all, err := repo.Tree(ctx, c.ID, path.Dir(formPath), path.Dir(act.SchemaPath))
	if err != nil {
		return nil, err
	}
	defer all.Close()
	has := func(name string) bool {
		_, err := fs.Stat(all, name)
		return err == nil
	}
	m.hasForm, m.hasSchema = has(formPath), has(act.SchemaPath)
	return m, m.openLedger(ctx, repo, past.ledger)
}

// ownForge is where the repository is: that of this job, else that of the remote.
func ownForge(ctx context.Context, env environment, s *session.Session, repo *git.Repo) (ci.Forge, error) {
	at := env.ci.Forge()
	if remote, err := s.Remote(ctx); at.Repository == "" && err == nil && remote != "" {
		if at, err = hosted(ctx, repo, remote, env); err != nil {
			return at, err
		}
	}
	return at, nil
}

// openLedger opens what was told, if anything was.
func (m *siteMaker) openLedger(ctx context.Context, repo *git.Repo, tip string) (err error) {
	if tip == "" {
		return nil
	}
	if m.files, err = repo.Tree(ctx, tip); err != nil {
		return err
	}
	m.book, err = ledger.OpenBook(m.files)
	return err
}

func (m *siteMaker) close() {
	if m.files != nil {
		m.files.Close()
	}
}

// made is an escalation with its pages.
type made struct {
	id     schema.ID
	told   []notice.Notice
	digest compose.Digest
	facts  board.Facts
	files  []site.File
	held   bool // its file has errors
	err    error
}

// make makes all files, and hands each on.
func (m *siteMaker) make(ctx context.Context, put func(site.File) error) (b schema.Board, err error) {
	var all []board.Facts
	var world compose.World
	if m.composes() {
		world = m.world()
	}
	unread := m.report.Unread
	known := map[schema.ID]bool{}
	for _, u := range unread {
		known[u.Escalation] = true
	}
	for x, err := range history.Ahead(m.escalations(), m.one) {
		if err == nil {
			err = errors.Join(x.err, ctx.Err())
		}
		if err != nil {
			return b, err
		}
		world.Escalations = append(world.Escalations, x.digest)
		if x.held {
			if !known[x.id] {
				unread = append(unread, stale.Unread{Escalation: x.id, Why: view.HeldBack})
			}
			continue
		}
		all = append(all, x.facts)
		for _, f := range x.files {
			if err := put(f); err != nil {
				return b, err
			}
		}
	}
	if m.composes() {
		if err := m.writeCompose(world, put); err != nil {
			return b, err
		}
	}
	b = board.New(m.now, all, unread, m.tree.People)
	if m.redactor != nil {
		b = redact.Of(m.redactor, b)
		b.Redacted = true
		board.Sort(&b)
	}
	if err := m.pages.Board(b, put); err != nil {
		return b, err
	}
	var data bytes.Buffer
	if err := viewprint.Board(&data, b); err != nil {
		return b, err
	}
	return b, put(site.File{Name: "data.json", Data: data.Bytes()})
}

// escalations are those of the tree, each with what was told of it.
func (m *siteMaker) escalations() iter.Seq2[*made, error] {
	return func(yield func(*made, error) bool) {
		for _, p := range m.tree.Paths {
			x := &made{id: tree.ID(p)}
			if m.book != nil {
				var err error
				if x.told, err = m.book.Of(x.id); errors.Is(err, ledger.ErrUnreadable) { // its file stands nevertheless
					fmt.Fprintf(m.env.stderr, "escalate: what was told of %s is not known: %s\n", escape.Line(string(x.id)), escape.Line(err.Error()))
				} else if err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(x, nil) {
				return
			}
		}
	}
}

// one makes the pages of an escalation.
func (m *siteMaker) one(x *made) {
	e := m.tree.Load(tree.Path(x.id))
	var file compose.File
	var written bool
	x.digest, file, written = compose.DigestOf(e, m.tree.Policy)
	if x.held = e.HeldBack(); x.held {
		return
	}
	report := m.of(x.id)
	source := board.Source{
		View: view.Of(m.tree, e, report, x.told), File: &e.Escalation, People: m.tree.People, Policy: m.tree.Policy,
		Course: m.record.Of(x.id), Audit: m.audit[x.id],
	}
	x.facts = board.Of(source)
	page := board.NewPage(source, x.facts.Line, m.forge.Commit)
	file.Tracking = compose.Tracked(x.told)
	x.told = nil
	var extra site.Extra
	if m.redactor != nil {
		page = redact.Of(m.redactor, page)
	} else if !page.Line.Restricted {
		extra, x.err = m.extra(source, report)
	}
	if x.err == nil {
		x.files, x.err = m.pages.Escalation(page, extra)
	}
	if x.err == nil && written && m.composes() {
		var data []byte
		data, x.err = json.Marshal(file)
		x.files = append(x.files, site.File{Name: compose.FileOf(x.id), Data: data})
	}
}

// world is what the compose page is given, but for the escalations.
func (m *siteMaker) world() compose.World {
	forge := compose.Forge{Platform: string(m.forge.Platform), Server: m.forge.Server, Repository: m.forge.Repository, Branch: m.branch}
	if forge.Repository == "" {
		forge = compose.Forge{}
	}
	forge.Form = m.hasForm
	return compose.Of(m.tree, m.hasSchema, forge)
}

// writeCompose makes the files of the compose page.
func (m *siteMaker) writeCompose(w compose.World, put func(site.File) error) error {
	w, err := w.Begun(m.now)
	if err != nil {
		return err
	}
	data, err := json.Marshal(w)
	if err == nil {
		err = put(site.File{Name: "compose.json", Data: data})
	}
	if err != nil {
		return err
	}
	return m.pages.Compose(m.now, m.program.Program, put)
}

// extra is what stands beside the page of an escalation.
func (m *siteMaker) extra(s board.Source, report stale.Report) (site.Extra, error) {
	var brief, calendar bytes.Buffer
	if err := viewprint.Brief(&brief, board.Brief(s), terminal.Screen{}); err != nil {
		return site.Extra{}, err
	}
	c := ics.New(m.tree.Only(s.View.Escalation), report, ics.Selection{})
	if len(c.Events) > 0 {
		if err := c.Write(&calendar, "Escalation "+string(s.View.Escalation)); err != nil {
			return site.Extra{}, err
		}
	}
	return site.Extra{Brief: brief.String(), Calendar: calendar.Bytes()}, nil
}

// siteMarker is the file by which a folder is known as that of a site.
const siteMarker = ".escalate-site"

// folder is the folder of a site. Nothing in it leads out of it.
type folder struct {
	*os.Root
	written map[string]bool
}

// openFolder opens the folder of a site, which it makes where there is none. It refuses
// one that holds anything and is not one.
func openFolder(dir string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &folder{root, map[string]bool{}}
	if _, err := f.Lstat(siteMarker); err == nil {
		return f, nil
	}
	all, err := fs.ReadDir(f.FS(), ".")
	if err == nil && len(all) > 0 {
		err = usagef("%s holds something else than a site: name a folder that is empty, or is not there yet", dir)
	}
	if err == nil {
		err = f.WriteFile(siteMarker, []byte("escalate site wrote this folder, and takes away what it did not write.\n"), 0o644)
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return f, nil
}

// own are the folders and files of a site, at its top.
func own() []string {
	return []string{"escalations", "customers", "closed", "static", "index.html", "customers.html", "people.html", "trends.html", "data.json", "compose", "compose.html", "compose.json", "rules.html"}
}

// clear takes all pages away.
func (f *folder) clear() error {
	for _, name := range own() {
		if err := f.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// put writes a file: whole, or not at all.
func (f *folder) put(file site.File) error {
	name := filepath.FromSlash(file.Name)
	if err := f.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	part := name + ".part"
	if err := f.WriteFile(part, file.Data, 0o644); err != nil {
		return err
	}
	f.written[file.Name] = true
	return f.Rename(part, name)
}

// tidy takes away what another run wrote and this one did not.
func (f *folder) tidy() error {
	var gone, folders []string
	for _, top := range own() {
		err := fs.WalkDir(f.FS(), top, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case d.IsDir():
				folders = append(folders, name)
			case !f.written[name]:
				gone = append(gone, name)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range gone {
		if err := f.Remove(filepath.FromSlash(name)); err != nil {
			return err
		}
	}
	for i := len(folders) - 1; i >= 0; i-- {
		if all, err := fs.ReadDir(f.FS(), folders[i]); err == nil && len(all) == 0 {
			if err := f.Remove(filepath.FromSlash(folders[i])); err != nil {
				return err
			}
		}
	}
	return nil
}
