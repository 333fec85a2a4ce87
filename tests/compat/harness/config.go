package harness

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ConfigServerVariable names the program that answers questions about configs: config-server.
const ConfigServerVariable = "ICHOR_CONFIG_SERVER"

// ConfigServer is a running config-server. One goroutine at a time.
type ConfigServer struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// Answer is what the server said.
type Answer struct {
	OK   bool
	Text string
}

// StartConfigServer starts the program that the variable names; false if it is unset.
func StartConfigServer() (*ConfigServer, bool, error) {
	path, found := os.LookupEnv(ConfigServerVariable)
	if !found {
		return nil, false, nil
	}

	server, err := start(path)

	return server, true, err
}

// StartOldLibrary builds and starts the program in v1.13, which answers for an older official library. The build goes to
// a directory; with Go's cache warm it takes a second.
func StartOldLibrary(directory string) (*ConfigServer, error) {
	program := filepath.Join(directory, "v1.13")

	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = "v1.13"
	build.Stderr = os.Stderr

	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build in %s: %w", build.Dir, err)
	}

	return start(program)
}

func start(path string) (*ConfigServer, error) {
	command := exec.Command(path)
	command.Stderr = os.Stderr

	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}

	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}

	return &ConfigServer{command: command, in: in, out: bufio.NewReader(out)}, command.Start()
}

// Ask sends one request and waits for its answer.
func (s *ConfigServer) Ask(operation string, texts ...string) (Answer, error) {
	if _, err := fmt.Fprintf(s.in, "%s %d\n", operation, len(texts)); err != nil {
		return Answer{}, err
	}

	for _, text := range texts {
		if _, err := fmt.Fprintf(s.in, "%d\n%s", len(text), text); err != nil {
			return Answer{}, err
		}
	}

	kind, err := s.out.ReadString(' ')
	if err != nil {
		return Answer{}, fmt.Errorf("%s: the server gave no answer: %w", operation, err)
	}

	line, err := s.out.ReadString('\n')
	if err != nil {
		return Answer{}, err
	}

	size, err := strconv.Atoi(line[:len(line)-1])
	if err != nil {
		return Answer{}, err
	}

	text := make([]byte, size)
	_, err = io.ReadFull(s.out, text)

	return Answer{OK: kind == "ok ", Text: string(text)}, err
}

// Stop ends the server.
func (s *ConfigServer) Stop() error {
	if err := s.in.Close(); err != nil {
		return err
	}

	return s.command.Wait()
}
