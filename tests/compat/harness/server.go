package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cosi-project/runtime/api/v1alpha1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

const (
	startTimeout = 20 * time.Second
	stopTimeout  = 5 * time.Second
)

// Server is a running state server.
type Server struct {
	Name   string
	Socket string

	directory string
	command   *exec.Cmd
	stderr    Tail
	exited    chan struct{} // exited is closed after waitErr was set.
	waitErr   error
}

// Start starts the server and waits until it answers. The error of a server that died holds what
// it wrote to stderr. The caller owns the server and must Stop it.
func Start(implementation Implementation) (*Server, error) {
	// The directory's name is short because a socket's path ends at 107 bytes.
	directory, err := os.MkdirTemp("", "state-")
	if err != nil {
		return nil, err
	}

	s := &Server{
		Name:      implementation.Name,
		Socket:    filepath.Join(directory, "state.sock"),
		directory: directory,
		exited:    make(chan struct{}),
	}

	argv := append(implementation.argv[:len(implementation.argv):len(implementation.argv)], s.Socket)
	s.command = exec.Command(argv[0], argv[1:]...)
	s.command.Stderr = &s.stderr
	s.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}

	if err = s.command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(directory))
	}

	go func() {
		s.waitErr = s.command.Wait()
		close(s.exited)
	}()

	if err = s.waitUntilItAnswers(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}

	return s, nil
}

// PID is the server's process id.
func (s *Server) PID() int {
	return s.command.Process.Pid
}

// Died tells why the server is no longer running, with what it wrote to stderr; nil if it runs.
func (s *Server) Died() error {
	select {
	case <-s.exited:
		return fmt.Errorf("server %q died: %v; its stderr:\n%s", s.Name, s.waitErr, s.stderr.String())
	default:
		return nil
	}
}

// Stop ends the server with SIGTERM, or with SIGKILL if it has not gone after 5 s, and removes its
// socket. It fails if the server had died before, or ends otherwise than by these signals or with
// exit code 0 (as a sanitizer does). Blocks until the process is gone.
func (s *Server) Stop() error {
	defer os.RemoveAll(s.directory)

	if err := s.Died(); err != nil {
		return err
	}

	s.command.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may die by itself right now

	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		s.command.Process.Kill() //nolint:errcheck // as above
		<-s.exited
	}

	end := s.command.ProcessState.Sys().(syscall.WaitStatus)
	if end.ExitStatus() == 0 || end.Signaled() && (end.Signal() == syscall.SIGTERM || end.Signal() == syscall.SIGKILL) {
		return nil
	}

	return s.Died()
}

// Dial makes a new connection to the server, lazily. The caller closes it.
func (s *Server) Dial(options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return Dial(s.Socket, options...)
}

// Dial makes a new connection to a unix socket, lazily. The caller closes it.
func Dial(socket string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return grpc.NewClient("unix://"+socket, append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes)),
	}, options...)...)
}

// waitUntilItAnswers blocks until a Get is answered. It knocks on the socket first, because gRPC
// waits a whole second between two attempts to connect.
func (s *Server) waitUntilItAnswers() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()

	for {
		knock, err := net.Dial("unix", s.Socket)
		if err == nil {
			knock.Close()

			break
		}

		select {
		case <-s.exited:
			return fmt.Errorf("server %q did not start", s.Name)
		case <-ctx.Done():
			return fmt.Errorf("server %q does not listen: %w", s.Name, err)
		case <-time.After(2 * time.Millisecond):
		}
	}

	connection, err := s.Dial()
	if err != nil {
		return err
	}
	defer connection.Close()

	_, err = v1alpha1.NewStateClient(connection).Get(ctx, &v1alpha1.GetRequest{
		Namespace: "harness", Type: "Harness", Id: "none", Options: &v1alpha1.GetOptions{},
	}, grpc.WaitForReady(true))
	if status.Code(err) != codes.NotFound {
		return fmt.Errorf("server %q does not answer: %w", s.Name, err)
	}

	return nil
}
