package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gopkg.in/yaml.v3"
)

// job is one program that is measured.
type job struct {
	name    string
	command []string
	dir     string       // where it runs
	env     []string     // in addition to environment
	finds   bool         // whether it may find something, and exit 1
	before  func() error // makes ready for each run; it is not measured
	scale   float64      // what its numbers are multiplied by; 0 is 1
	runs    []sample
	said    string // the last line that it printed
	err     error  // of the first run that failed; then there are no more
}

// sample is what one run took.
type sample struct {
	wall, cpu time.Duration
	peak      int64 // bytes, of the process or of the largest that it ran
	alone     int64 // bytes, of the process itself, as last looked at; 0 where that cannot be seen
}

// environment returns what every program sees: this process's own variables
// without those that change how Go collects garbage or how lint prints, and as
// many processors as the targets are for.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GOGC", "GOMEMLIMIT", "GODEBUG", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"}, name)
	})
	return append(env, "GOMAXPROCS=2")
}

// run runs the job once. Output goes into a file, so that reading it costs
// nothing here.
func (j *job) run(output string) {
	if j.err != nil {
		return
	}
	if j.before != nil {
		if j.err = j.before(); j.err != nil {
			return
		}
	}
	out, err := os.Create(output)
	if err != nil {
		j.err = err
		return
	}
	defer out.Close()
	c := exec.Command(j.command[0], j.command[1:]...)
	c.Dir, c.Env = j.dir, append(environment(), j.env...)
	c.Stdout, c.Stderr = out, out
	start := time.Now()
	err = c.Start()
	wall, alone := time.Duration(0), int64(0)
	if err == nil {
		watched := watch(c.Process.Pid)
		err = c.Wait()
		wall = time.Since(start)
		alone = watched()
	}
	first, last := ends(output)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && j.finds && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		j.err = fmt.Errorf("%s: %w\n%s", j.name, err, first)
		return
	}
	j.said = last
	j.runs = append(j.runs, sample{wall, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak(c.ProcessState), alone})
}

// ends returns the beginning and the last line of what a program printed.
func ends(output string) (first, last string) {
	data, err := os.ReadFile(output)
	if err != nil {
		return err.Error(), ""
	}
	text := strings.TrimSpace(string(data))
	return text[:min(len(text), 4000)], text[strings.LastIndex(text, "\n")+1:]
}

// measure runs all jobs one after the other, as often as runs says, so that
// what else the machine does meets all of them.
func measure(jobs []*job, runs int, output string, progress func(round int)) {
	for round := range runs {
		progress(round + 1)
		for _, j := range jobs {
			j.run(output)
		}
	}
}

func (j *job) factor() float64 {
	if j.scale == 0 {
		return 1
	}
	return j.scale
}

// wall and cpu are the medians of the job's runs, in seconds.
func (j *job) wall() float64 {
	return j.median(func(s sample) float64 { return s.wall.Seconds() * j.factor() })
}

func (j *job) cpu() float64 {
	return j.median(func(s sample) float64 { return s.cpu.Seconds() * j.factor() })
}

// memory is the highest peak of the job's runs, in MiB: a limit must hold in
// each of them.
func (j *job) memory() float64 {
	highest := int64(0)
	for _, s := range j.runs {
		highest = max(highest, s.peak)
	}
	return float64(highest) / (1 << 20)
}

// memoryAlone is the highest peak of the process without those that it ran, in
// MiB.
func (j *job) memoryAlone() float64 {
	highest := int64(0)
	for _, s := range j.runs {
		highest = max(highest, s.alone)
	}
	return float64(highest) / (1 << 20)
}

// watch looks at the memory of a process, ten times a second, until the
// function that it returns is called, which returns the peak in bytes.
func watch(pid int) func() int64 {
	stop, peak := make(chan struct{}), make(chan int64)
	go func() {
		highest := int64(0)
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // there is none on other systems
			if _, rest, ok := strings.Cut(string(data), "VmHWM:"); ok {
				var kib int64
				fmt.Sscan(rest, &kib)
				highest = max(highest, kib<<10)
			}
			select {
			case <-tick.C:
			case <-stop:
				tick.Stop()
				peak <- highest
				return
			}
		}
	}()
	return func() int64 { close(stop); return <-peak }
}

func (j *job) median(of func(sample) float64) float64 {
	var values []float64
	for _, s := range j.runs {
		values = append(values, of(s))
	}
	return median(values)
}

// over returns the median of the ratios of wall time, round by round, of j to
// base; 0 where one of them failed.
func (j *job) over(base *job) float64 {
	if j.err != nil || base.err != nil {
		return 0
	}
	var ratios []float64
	for i, s := range j.runs {
		ratios = append(ratios, s.wall.Seconds()*j.factor()/(base.runs[i].wall.Seconds()*base.factor()))
	}
	return median(ratios)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}

// readAll is the yardstick: it reads every YAML file below dir with two
// workers and, if asked, parses each into a node.
func readAll(dir string, parse bool) error {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".yaml" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	var next atomic.Int64
	var failed [2]error
	for worker := range failed {
		group.Go(func() {
			for failed[worker] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(paths) {
					return
				}
				failed[worker] = readOne(paths[i], parse)
			}
		})
	}
	group.Wait()
	return errors.Join(failed[:]...)
}

func readOne(path string, parse bool) error {
	data, err := os.ReadFile(path)
	if err != nil || !parse {
		return err
	}
	var node yaml.Node
	return yaml.Unmarshal(data, &node)
}
