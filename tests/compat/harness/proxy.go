package harness

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// Proxy forwards connections to a server's socket, and can cut them while the server lives on.
type Proxy struct {
	Socket string

	directory string
	listener  net.Listener

	mu     sync.Mutex
	target string
	open   map[net.Conn]struct{}
}

// NewProxy starts a proxy for the given socket. The caller closes it.
func NewProxy(target string) (*Proxy, error) {
	directory, err := os.MkdirTemp("", "proxy-")
	if err != nil {
		return nil, err
	}

	p := &Proxy{
		Socket:    filepath.Join(directory, "proxy.sock"),
		directory: directory,
		target:    target,
		open:      map[net.Conn]struct{}{},
	}

	if p.listener, err = net.Listen("unix", p.Socket); err != nil {
		os.RemoveAll(directory)

		return nil, err
	}

	go p.accept()

	return p, nil
}

// Cut breaks all connections made so far; new ones are forwarded to the given socket.
func (p *Proxy) Cut(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.target = target

	for connection := range p.open {
		connection.Close()
	}
}

// Close cuts all connections and takes no more.
func (p *Proxy) Close() {
	p.listener.Close()
	p.Cut("")
	os.RemoveAll(p.directory)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}

		go p.forward(client)
	}
}

// forward copies both ways until one side ends.
func (p *Proxy) forward(client net.Conn) {
	defer client.Close()

	p.mu.Lock()

	server, err := net.Dial("unix", p.target)
	if err == nil {
		p.open[client] = struct{}{}
	}

	p.mu.Unlock()

	if err != nil {
		return
	}
	defer server.Close()

	go func() {
		io.Copy(server, client) //nolint:errcheck // a broken connection is what the proxy is for
		server.Close()
	}()

	io.Copy(client, server) //nolint:errcheck // as above

	p.mu.Lock()
	delete(p.open, client)
	p.mu.Unlock()
}
