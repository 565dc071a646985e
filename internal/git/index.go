package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Index is the files of the index: what git has of the working tree, whatever of it
// is on the disk.
type Index struct {
	*Tree
	// Sparse are the files that git keeps off the disk, as in a sparse checkout.
	Sparse []string
}

// Index lists the files in a folder that are in the index, but those of which a
// merge is unfinished. Contents are read when they are asked for; ctx holds until
// Close.
func (r *Repo) Index(ctx context.Context, folder string) (*Index, error) {
	x := &Index{Tree: newTree(ctx, r)}
	if err := x.list(ctx, r, folder); err != nil {
		return nil, fmt.Errorf("cannot list the files of the index: %w", err)
	}
	return x, nil
}

// list reads what git ls-files prints: "H 100644 ID 0", tab, path, NUL; S for a file
// that is kept off the disk.
func (x *Index) list(ctx context.Context, r *Repo, folder string) error {
	p, err := r.start(ctx, false, "ls-files", "--stage", "-t", "-z", "--", folder)
	if err != nil {
		return err
	}
	defer p.stop()
	var long []byte
	for {
		line, err := token(p.out, &long)
		if err == io.EOF {
			break
		} else if err != nil {
			return p.gone()
		}
		record, name, _ := strings.Cut(string(line), "\t")
		facts := strings.Split(record, " ")
		if len(facts) != 4 {
			return fmt.Errorf("git ls-files says %.200q", line)
		}
		if facts[3] != "0" {
			continue
		}
		if err := x.add(name, Entry{Mode: mode(facts[1]), ID: facts[2]}); err != nil {
			return err
		}
		if facts[0] == "S" {
			x.Sparse = append(x.Sparse, name)
		}
	}
	if err := p.wait(); err != nil {
		return err
	}
	return x.sort()
}

// Filters says by which attributes git puts another content on the disk than it
// keeps, of each file that has one: such as "ident", or "filter=lfs". How lines end
// is not among them.
func (r *Repo) Filters(ctx context.Context, names []string) (map[string]string, error) {
	p, err := r.start(ctx, true, "check-attr", "-z", "--stdin", "filter", "ident", "working-tree-encoding")
	if err != nil {
		return nil, fmt.Errorf("cannot read the attributes of files: %w", err)
	}
	defer p.stop()
	go func() { // git answers while it is asked
		_, _ = io.WriteString(p.in, strings.Join(names, "\x00")+"\x00") // that it ended early is met below
		p.in.Close()
	}()
	filters := map[string]string{}
	var facts [3]string // the path, the attribute, its value
	var long []byte
	for i := 0; ; i = (i + 1) % len(facts) {
		fact, err := token(p.out, &long)
		if err == io.EOF && i == 0 {
			break
		} else if err != nil {
			return nil, fmt.Errorf("cannot read the attributes of files: %w", p.gone())
		}
		if facts[i] = string(fact); i < len(facts)-1 {
			continue
		}
		name, attribute, value := facts[0], facts[1], facts[2]
		switch value {
		case "unspecified", "unset":
			continue
		case "set":
		default:
			attribute += "=" + value
		}
		if filters[name] != "" {
			attribute = filters[name] + ", " + attribute
		}
		filters[name] = attribute
	}
	if err := p.wait(); err != nil {
		return nil, fmt.Errorf("cannot read the attributes of files: %w", err)
	}
	return filters, nil
}

// Cleaned returns the ids of what git would keep of files as they are on the disk,
// in their order. It runs the filters that the configuration names for them.
func (r *Repo) Cleaned(ctx context.Context, names []string) ([]string, error) {
	// Of these paths alone git takes those from the root for the attributes.
	root := *r
	for prefix := r.Prefix; prefix != "" && prefix != "."; prefix = path.Dir(prefix) {
		root.Dir = filepath.Dir(root.Dir)
	}
	var in strings.Builder
	for _, name := range names {
		if strings.ContainsAny(name, "\n\r") {
			return nil, errors.New(code(name) + " is no name that git can be asked about")
		}
		in.WriteString(path.Join(r.Prefix, name) + "\n")
	}
	p, err := root.start(ctx, true, "hash-object", "--stdin-paths")
	if err != nil {
		return nil, fmt.Errorf("cannot tell what git would keep of files: %w", err)
	}
	defer p.stop()
	go func() {
		_, _ = io.WriteString(p.in, in.String())
		p.in.Close()
	}()
	out, err := io.ReadAll(p.out)
	if err == nil {
		err = p.wait()
	}
	ids := strings.Fields(string(out))
	if err == nil && len(ids) != len(names) {
		err = fmt.Errorf("git hash-object says %.200q", out)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot tell what git would keep of files: %w", err)
	}
	return ids, nil
}

// Refill fetches the contents of the files in a folder of HEAD that a partial clone
// lacks, all at once. It alone of what reads opens a connection, and only there.
func (r *Repo) Refill(ctx context.Context, folder string) error {
	out, err := r.output(ctx, "config", "--get-regexp", `^remote\..*\.promisor$`)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return nil // the clone is whole
	} else if err != nil {
		return fmt.Errorf("cannot tell whether the clone is partial: %w", err)
	}
	remote, _, _ := strings.Cut(strings.TrimPrefix(out, "remote."), ".promisor ")
	if out, err = r.output(ctx, "rev-list", "--objects", "--missing=print", "--no-walk", "HEAD", "--", folder); err != nil {
		return fmt.Errorf("cannot tell what the partial clone lacks: %w", err)
	}
	var missing []string
	for line := range strings.Lines(out) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "?"); ok {
			missing = append(missing, id)
		}
	}
	for ids := range slices.Chunk(missing, 1000) { // as many as a command line surely takes
		fetch := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--filter=blob:none", "--", remote}
		if _, err := r.network(ctx, append(fetch, ids...)...); err != nil {
			return fmt.Errorf("cannot fetch what the partial clone lacks from the remote %s: %w", code(remote), err)
		}
	}
	return nil
}
