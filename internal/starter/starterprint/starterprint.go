// Package starterprint prints what init made or would make, what it took a
// spreadsheet for, and what is left to do.
package starterprint

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/ci"
	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/jsonfmt"
	"github.com/escalations-as-code/escalate/internal/roster"
	"github.com/escalations-as-code/escalate/internal/starter"
	"github.com/escalations-as-code/escalate/internal/terminal"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Report is what came of one init.
type Report struct {
	// Dir is the folder, Branch the default branch.
	Dir, Branch string
	// DryRun says that nothing was done, Upgrade that it was init --upgrade.
	DryRun, Upgrade bool
	// Forge is where the repository is, or will be, and Since why that is known.
	Forge ci.Platform
	Since string
	// NewRepository says that the folder was made a repository.
	NewRepository bool
	// Remote is the name of the remote that the ledger belongs to; "" where there is
	// none.
	Remote  string
	Version starter.Version
	Files   []starter.File
	// Roster is what was read of a spreadsheet; nil where none was.
	Roster *roster.Roster
	Ledger Ledger
	Left   []starter.Step
}

// Ledger is what became of the ledger.
type Ledger string

// What may become of it.
const (
	LedgerMade   Ledger = "made"   // it is begun, and empty
	LedgerThere  Ledger = "there"  // there is one
	LedgerChoose Ledger = "choose" // there are escalations: a person says how it begins
)

// Text prints a report for a person.
func Text(w io.Writer, r Report, s terminal.Screen) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, s.Paint(terminal.Bold, s.Wrap(head(r), 0, "  ")))
	if !r.Upgrade {
		fmt.Fprintln(b, s.Wrap(terminal.Line(r.forge()), 0, "  "))
	}
	list(b, r, s)
	if r.Roster != nil {
		people(b, *r.Roster, s)
	}
	for _, f := range r.Files {
		if r.Upgrade {
			difference(b, f, s)
		}
	}
	if note := r.version(); note != "" {
		fmt.Fprintf(b, "\n%s\n", s.Wrap(note, 0, ""))
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(b, "\n%s\n", s.Paint(terminal.Bold, "What is left to do:"))
		for i, step := range r.Left {
			number := fmt.Sprintf("%3d. ", i+1)
			fmt.Fprintf(b, "%s%s\n", number, s.Wrap(step.Do, len(number), "     "))
			for _, command := range step.Run {
				fmt.Fprintf(b, "       %s\n", terminal.Line(command))
			}
		}
	}
	return b.Flush()
}

// forge says for which forge the files are, and why.
func (r Report) forge() string {
	return "The files are for " + r.Forge.Name() + ": " + r.Since + "."
}

// head says in a line what was done.
func head(r Report) string {
	n := 0
	for _, f := range r.Files {
		if f.Changes() {
			n++
		}
	}
	switch {
	case n == 0 && !r.NewRepository && r.Ledger != LedgerMade && r.Upgrade:
		return "Nothing is changed: what is here runs this version."
	case n == 0 && !r.NewRepository && r.Ledger != LedgerMade:
		return "Nothing is made: all of it is there."
	}
	what := words.Count(n, "file")
	done := "made"
	switch {
	case r.NewRepository:
		what = "a repository, with the branch " + r.Branch + ", and " + what
	case r.Upgrade:
		done = "changed"
	}
	if r.DryRun {
		return "This would be " + done + ": " + what + "."
	}
	return words.Capital(done) + ": " + what + "."
}

// list prints what became of each file, but for those that need no word.
func list(b io.Writer, r Report, s terminal.Screen) {
	var rows []terminal.Row
	silent := 0
	for _, f := range r.Files {
		if !f.Changes() && f.Why == "" && f.Ours == nil {
			silent++
			continue
		}
		why := f.Why
		switch {
		case f.State == starter.Pinned && f.Ours != nil:
			why = "somebody changed it: only the version that it runs is changed; how this version would write it stands below"
			if f.Why != "" {
				why += "; " + f.Why
			}
		case f.State == starter.Kept && f.Ours != nil:
			why = "somebody changed it: it stays; how this version would write it stands below"
		}
		rows = append(rows, terminal.Row{Cells: []string{"  " + string(f.State), terminal.Line(f.Path)}, Below: indented(why)})
	}
	if r.Ledger == LedgerMade {
		below := "  the empty ledger: from now on, what is merged is announced"
		if r.Remote != "" {
			below = "  the empty ledger; it is here, and not yet on " + r.Remote
		}
		rows = append(rows, terminal.Row{Cells: []string{"  made", "the branch escalate-ledger"}, Below: indented(below)})
	}
	if len(rows) > 0 {
		fmt.Fprint(b, s.Table(terminal.Table{Columns: make([]terminal.Column, 2), Rows: rows}))
	}
	if silent > 0 && len(rows) > 0 {
		fmt.Fprintf(b, "  %s\n", s.Wrap(words.Count(silent, "other file")+" "+words.Agree(silent, "is", "are")+" there, and "+words.Agree(silent, "stays as it is", "stay as they are")+".", 2, "  "))
	}
}

func indented(why string) string {
	if why == "" {
		return ""
	}
	return "          " + strings.TrimSpace(why)
}

// people prints what the columns and titles were taken for, and what could not be used.
func people(b io.Writer, r roster.Roster, s terminal.Screen) {
	name := map[rune]string{',': "commas", ';': "semicolons", '\t': "tabs"}[r.Delimiter]
	text := fmt.Sprint(len(r.People), " ", words.Agree(len(r.People), "person", "people"))
	if n := r.Refused(); n > 0 {
		text += ", and " + words.Count(n, "row") + " that could not be used"
	}
	fmt.Fprintf(b, "\n%s\n", s.Wrap(fmt.Sprintf("The spreadsheet, with %s between its cells, has %s.", name, text), 0, "  "))
	var rows []terminal.Row
	for _, c := range r.Columns {
		taken := string(c.Field)
		if taken == "" {
			taken = "not used"
		}
		rows = append(rows, terminal.Row{Cells: []string{"  column", terminal.Line(shown(c.Heading)), "taken for", taken}})
	}
	for _, t := range r.Titles {
		taken := string(t.Role)
		if taken == "" {
			taken = "no role of the process"
		}
		rows = append(rows, terminal.Row{Cells: []string{"  title", terminal.Line(shown(t.Words)), "taken for", taken + " (" + words.Agree(len(t.Rows), "row ", "rows ") + numbers(t.Rows) + ")"}})
	}
	fmt.Fprint(b, s.Table(terminal.Table{Columns: make([]terminal.Column, 4), Rows: rows}))
	for _, m := range r.Remarks {
		style, what := terminal.Yellow, "note"
		if m.Refused {
			style, what = terminal.Red, "not used"
		}
		begin := fmt.Sprintf("  row %d, %s: ", m.Row, what)
		fmt.Fprintf(b, "  row %d, %s: %s\n", m.Row, s.Paint(style, what), s.WrapStated(terminal.Line(m.Text), len(begin), "      "))
	}
}

func shown(cell string) string { return "`" + words.Clip(cell, 60) + "`" }

// numbers are rows, at most a few.
func numbers(rows []int) string {
	const few = 5
	var list []string
	for i, n := range rows {
		if i == few {
			list = append(list, fmt.Sprintf("%d more", len(rows)-few))
			break
		}
		list = append(list, fmt.Sprint(n))
	}
	return words.And(list)
}

// difference prints what is different in a file, and, of one that a person changed, what
// this version would change more.
func difference(b io.Writer, f starter.File, s terminal.Screen) {
	if f.Changes() && !strings.HasSuffix(f.Path, ".schema.json") { // nobody reads that
		lines(b, f.Path, terminal.Diff(f.Was, f.Data), s)
	}
	if f.Ours != nil {
		lines(b, f.Path+", as this version would write it", terminal.Diff(f.Data, f.Ours), s)
	}
}

func lines(b io.Writer, title, text string, s terminal.Screen) {
	fmt.Fprintf(b, "\n%s\n", s.Paint(terminal.Bold, terminal.Line(title)))
	fmt.Fprint(b, s.Difference(escape.Terminal(strings.ReplaceAll(text, "\r\n", "\n"))))
}

// version says which version the workflows that were made run, where that is no release.
func (r Report) version() string {
	made := slices.ContainsFunc(r.Files, func(f starter.File) bool {
		return f.State == starter.Made && (strings.Contains(f.Path, "/workflows/") || strings.HasSuffix(f.Path, "gitlab-ci.yml"))
	})
	switch {
	case !made || r.Version.Release != "":
		return ""
	case r.Forge == ci.GitLab:
		return "This build of escalate is no release. The jobs run " + starter.LastRelease + ", the last release that it has heard of."
	case r.Version.Ref != "":
		return "This build of escalate is no release. The workflows run the commit that it was made of, " + r.Version.Ref + ", which GitHub must have."
	}
	return "This build of escalate does not know its version. The workflows run " + starter.LastRelease + ", the last release that it has heard of."
}

type (
	reportJSON struct {
		Dir        string      `json:"dir"`
		DryRun     bool        `json:"dry_run"`
		Repository string      `json:"repository"`
		Forge      ci.Platform `json:"forge"`
		Branch     string      `json:"branch"`
		Remote     string      `json:"remote"`
		Version    versionJSON `json:"version"`
		Files      []fileJSON  `json:"files"`
		Ledger     Ledger      `json:"ledger"`
		People     *peopleJSON `json:"people"`
		Left       []stepJSON  `json:"left"`
	}
	versionJSON struct {
		Ref     string `json:"ref"`
		Release string `json:"release"`
	}
	fileJSON struct {
		Path  string        `json:"path"`
		State starter.State `json:"state"`
		Why   string        `json:"why"`
		Diff  string        `json:"diff"`
		Ours  string        `json:"ours"`
	}
	peopleJSON struct {
		People    int          `json:"people"`
		Refused   int          `json:"refused"`
		Delimiter string       `json:"delimiter"`
		Columns   []columnJSON `json:"columns"`
		Titles    []titleJSON  `json:"titles"`
		Rows      []rowJSON    `json:"rows"`
	}
	columnJSON struct {
		Heading string       `json:"heading"`
		Field   roster.Field `json:"field"`
	}
	titleJSON struct {
		Title string `json:"title"`
		Role  string `json:"role"`
		Rows  []int  `json:"rows"`
	}
	rowJSON struct {
		Row     int    `json:"row"`
		Refused bool   `json:"refused"`
		Text    string `json:"text"`
	}
	stepJSON struct {
		Do  string   `json:"do"`
		Run []string `json:"run"`
	}
)

// JSON prints a report for programs.
func JSON(w io.Writer, r Report) error {
	repository := "there"
	if r.NewRepository {
		repository = "made"
	}
	out := reportJSON{
		Dir: r.Dir, DryRun: r.DryRun, Repository: repository, Forge: r.Forge, Branch: r.Branch, Remote: r.Remote,
		Version: versionJSON{cmp.Or(r.Version.Ref, starter.LastRelease), r.Version.Release}, Files: []fileJSON{}, Ledger: r.Ledger, Left: []stepJSON{},
	}
	for _, f := range r.Files {
		file := fileJSON{Path: f.Path, State: f.State, Why: f.Why}
		if f.Changes() {
			file.Diff = terminal.Diff(f.Was, f.Data)
		}
		if f.Ours != nil {
			file.Ours = terminal.Diff(f.Data, f.Ours)
		}
		out.Files = append(out.Files, file)
	}
	if r.Roster != nil {
		p := &peopleJSON{People: len(r.Roster.People), Refused: r.Roster.Refused(), Delimiter: string(r.Roster.Delimiter), Columns: []columnJSON{}, Titles: []titleJSON{}, Rows: []rowJSON{}}
		for _, c := range r.Roster.Columns {
			p.Columns = append(p.Columns, columnJSON(c))
		}
		for _, t := range r.Roster.Titles {
			p.Titles = append(p.Titles, titleJSON{t.Words, string(t.Role), t.Rows})
		}
		for _, m := range r.Roster.Remarks {
			p.Rows = append(p.Rows, rowJSON(m))
		}
		out.People = p
	}
	for _, step := range r.Left {
		out.Left = append(out.Left, stepJSON{step.Do, append([]string{}, step.Run...)})
	}
	return jsonfmt.Write(w, out)
}
