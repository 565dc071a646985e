//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// patience is how long the language server may take for one answer. Nothing
// waits that long unless something is broken.
const patience = 60 * time.Second

// languageServer is a running yaml-language-server, spoken to as an editor
// does: LSP over its standard input and output. It is safe for concurrent use.
type languageServer struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu      sync.Mutex
	lastID  int
	answers map[int]chan message
	told    map[string]chan []fault // by document
	done    chan struct{}           // closed when the server's output ends
}

// message is a JSON-RPC request, notification or response.
type message struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
}

// position counts from 0, as LSP does.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// settings is what an editor's user would have set: no schemas from the net,
// so that the line at the head of each file alone decides.
var settings = map[string]any{
	"validate": true, "hover": true, "completion": true,
	"schemaStore":        map[string]any{"enable": false},
	"kubernetesCRDStore": map[string]any{"enable": false},
}

func startLanguageServer() (*languageServer, error) {
	s := &languageServer{
		cmd:     exec.Command("node", filepath.Join("node_modules", "yaml-language-server", "bin", "yaml-language-server"), "--stdio"),
		answers: map[int]chan message{},
		told:    map[string]chan []fault{},
		done:    make(chan struct{}),
	}
	s.cmd.Stderr = os.Stderr
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.in = in
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go s.listen(bufio.NewReader(out))
	err = s.call("initialize", map[string]any{
		"processId": os.Getpid(),
		"rootUri":   nil,
		"capabilities": map[string]any{
			"workspace": map[string]any{"configuration": true},
			"textDocument": map[string]any{
				"hover":      map[string]any{"contentFormat": []string{"markdown"}},
				"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": true}},
			},
		},
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("yaml-language-server: %w", err)
	}
	return s, s.send(message{Method: "initialized", Params: raw(map[string]any{})})
}

// stop asks the server to end, and waits for it.
func (s *languageServer) stop() error {
	if err := s.call("shutdown", nil, nil); err != nil {
		return err
	}
	if err := s.send(message{Method: "exit"}); err != nil {
		return err
	}
	<-s.done
	return s.cmd.Wait()
}

// listen reads what the server says until its output ends.
func (s *languageServer) listen(out *bufio.Reader) {
	defer close(s.done)
	for {
		m, err := read(out)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "yaml-language-server:", err)
			}
			return
		}
		switch {
		case m.Method == "textDocument/publishDiagnostics":
			var p struct {
				URI         string
				Diagnostics []struct {
					Range   struct{ Start position }
					Message string
				}
			}
			_ = json.Unmarshal(m.Params, &p) // what it cannot read, nobody waits for
			var found []fault
			for _, d := range p.Diagnostics {
				found = append(found, fault{Line: d.Range.Start.Line + 1, Message: d.Message})
			}
			s.document(p.URI) <- found
		case m.Method == "workspace/configuration":
			_ = s.send(message{ID: m.ID, Result: raw(configuration(m.Params))})
		case m.Method != "" && m.ID != nil:
			_ = s.send(message{ID: m.ID, Result: raw(nil)})
		case m.Method == "":
			id, _ := strconv.Atoi(string(m.ID))
			s.mu.Lock()
			answer := s.answers[id]
			delete(s.answers, id)
			s.mu.Unlock()
			if answer != nil {
				answer <- m
			}
		}
	}
}

// configuration answers the server's question for sections of the settings.
func configuration(params json.RawMessage) []any {
	var p struct{ Items []struct{ Section string } }
	_ = json.Unmarshal(params, &p)
	values := make([]any, len(p.Items))
	for i, item := range p.Items {
		if item.Section == "yaml" {
			values[i] = settings
		}
	}
	return values
}

// document returns the channel of the diagnostics of a document.
func (s *languageServer) document(uri string) chan []fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told[uri] == nil {
		s.told[uri] = make(chan []fault, 16)
	}
	return s.told[uri]
}

// open shows the server a file, as when a person opens it.
func (s *languageServer) open(t *testing.T, path, text string) {
	t.Helper()
	err := s.send(message{Method: "textDocument/didOpen", Params: raw(map[string]any{
		"textDocument": map[string]any{"uri": uri(path), "languageId": "yaml", "version": 1, "text": text},
	})})
	if err != nil {
		t.Fatal(err)
	}
}

// underlined returns what the editor says of a file that has been opened.
func (s *languageServer) underlined(t *testing.T, path string) []fault {
	t.Helper()
	select {
	case found := <-s.document(uri(path)):
		return found
	case <-s.done:
		t.Fatal("yaml-language-server has ended")
	case <-time.After(patience):
		t.Fatalf("yaml-language-server says nothing about %s", path)
	}
	return nil
}

// at asks the server something about a place in a file.
func (s *languageServer) at(t *testing.T, method, path string, at position, result any) {
	t.Helper()
	err := s.call(method, map[string]any{"textDocument": map[string]any{"uri": uri(path)}, "position": at}, result)
	if err != nil {
		t.Fatal(err)
	}
}

// call sends a request and waits for its result.
func (s *languageServer) call(method string, params, result any) error {
	answer := make(chan message, 1)
	s.mu.Lock()
	s.lastID++
	id := s.lastID
	s.answers[id] = answer
	s.mu.Unlock()
	if err := s.send(message{ID: raw(id), Method: method, Params: raw(params)}); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-s.done:
		return fmt.Errorf("%s: the server has ended", method)
	case <-time.After(patience):
		return fmt.Errorf("%s: no answer", method)
	}
}

// send writes one message. Messages are framed by their length.
func (s *languageServer) send(m message) error {
	body, err := json.Marshal(struct {
		Version string `json:"jsonrpc"`
		message
	}{"2.0", m})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

func read(r *bufio.Reader) (message, error) {
	var m message
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		return m, err
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return m, err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return m, err
	}
	return m, json.Unmarshal(body, &m)
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func uri(path string) string { return "file://" + filepath.ToSlash(path) }
