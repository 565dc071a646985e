package git

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// options stand before each command: no name is a pattern, nothing replaces what a
// commit says, and no file is needed to order files.
var options = []string{"--literal-pathspecs", "--no-replace-objects", "-c", "log.follow=false", "-c", "diff.orderFile=/dev/null"}

// kept are the variables of git's that git still gets: where its configuration
// and its commands are, and how far it looks for a repository. Any other
// changes what it prints, or points to another repository than the one asked
// for, as in a hook. A * stands for any ending.
var kept = []string{"GIT_CONFIG*", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH"}

// environment is that of this process, as far as git may have it.
func environment() []string {
	env := []string{
		"LC_ALL=C", // some of its messages are told apart
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_FLUSH=0", // or each commit is written by itself, which takes a third more time
		// A partial clone fetches what it lacks, unasked and one object at a
		// time. Reading opens no connection: a newer git is told so, an older
		// one finds no protocol that it may use.
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
	}
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); keep(name) {
			env = append(env, v)
		}
	}
	return env
}

func keep(name string) bool {
	if !strings.HasPrefix(name, "GIT_") {
		return name != "LC_ALL"
	}
	for _, k := range kept {
		start, open := strings.CutSuffix(k, "*")
		if name == start || open && strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// process is one running git. Whoever starts it must end it, by wait or stop.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser // nil unless it was asked for
	out    *bufio.Reader
	stderr tail
	ctx    context.Context // the caller's
	cancel context.CancelFunc
	ended  bool
	err    error // how it ended
}

// start runs git with arguments of which the first is the command.
func (r *Repo) start(ctx context.Context, stdin bool, args ...string) (*process, error) {
	p := &process{ctx: ctx}
	ctx, p.cancel = context.WithCancel(ctx)
	p.cmd = exec.CommandContext(ctx, r.git, append(options[:len(options):len(options)], args...)...)
	p.cmd.Dir = r.Dir
	p.cmd.Env = r.env
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second // a child of git's that outlives it holds nobody up
	out, err := p.cmd.StdoutPipe()
	if err == nil && stdin {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.cancel()
		if cause := context.Cause(p.ctx); cause != nil {
			err = cause
		}
		return nil, &commandError{command: args[0], err: err}
	}
	p.out = bufio.NewReaderSize(out, 64<<10)
	return p, nil
}

// wait lets the process end by itself and says how it went. Its output must
// have been read to the end.
func (p *process) wait() error {
	if !p.ended {
		p.ended = true
		if p.in != nil {
			p.in.Close()
		}
		p.err = p.cmd.Wait()
		if cause := context.Cause(p.ctx); cause != nil {
			p.err = cause
		}
		p.cancel()
	}
	if p.err == nil {
		return nil
	}
	return &commandError{command: p.cmd.Args[1+len(options)], said: p.stderr.line(), err: p.err}
}

// stop ends the process wherever it is.
func (p *process) stop() {
	p.cancel()
	_ = p.wait() // it was killed: how it ended says nothing
}

// gone says why the process is no longer there to be read from or written to.
func (p *process) gone() error {
	if err := p.wait(); err != nil {
		return err
	}
	return &commandError{command: p.cmd.Args[1+len(options)], err: io.ErrUnexpectedEOF}
}

// output is all that a command prints which prints little.
func (r *Repo) output(ctx context.Context, args ...string) (string, error) {
	p, err := r.start(ctx, false, args...)
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(p.out)
	if err != nil {
		return "", p.gone()
	}
	return strings.TrimSuffix(string(out), "\n"), p.wait()
}

// token reads up to the next NUL. It is good until the next read; long is
// where one goes that is longer than the reader's buffer.
func token(in *bufio.Reader, long *[]byte) ([]byte, error) {
	part, err := in.ReadSlice(0)
	if err == nil {
		return part[:len(part)-1], nil
	}
	*long = (*long)[:0]
	for err == bufio.ErrBufferFull {
		*long = append(*long, part...)
		part, err = in.ReadSlice(0)
	}
	if err != nil {
		if err == io.EOF && len(*long)+len(part) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	*long = append(*long, part[:len(part)-1]...)
	return *long, nil
}

// tail keeps the end of what is written to it, where git says why it failed.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	const most = 4096
	t.text = append(t.text, p...)
	if over := len(t.text) - most; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// speaks is how git begins a message; what does not begin so goes on with the one
// before.
var speaks = regexp.MustCompile(`^(?:fatal|error|warning|hint|remote):`)

// line is the text on one line: its messages with a semicolon between them. Of those
// from afar, many say nothing.
func (t *tail) line() string {
	said := ""
	for line := range strings.Lines(string(t.text)) {
		line = strings.Join(strings.Fields(line), " ")
		switch begins := speaks.FindString(line); {
		case line == begins:
		case said == "":
			said = line
		case begins != "":
			said = strings.TrimSuffix(said, ".") + "; " + line
		default:
			said += " " + line
		}
	}
	return strings.ToValidUTF8(said, "\uFFFD")
}
