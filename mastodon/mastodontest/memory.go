package mastodontest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
)

// Memory is a network that exists in memory only: every instance of a world listens on its own name. Made inside
// a bubble of testing/synctest it belongs to that.
type Memory struct {
	world *World
	mu    sync.Mutex
	pipes map[string]*pipes
}

// ServeMemory serves a world in memory, also the instances that are made later, until Close.
func ServeMemory(w *World) *Memory { return &Memory{world: w, pipes: make(map[string]*pipes)} }

// DialContext connects to the instance that has the address's host, with or without its port. A host that is
// not in the world does not exist; one that is down refuses.
func (m *Memory) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	p, err := m.listener(address)
	if err != nil {
		return nil, err
	}
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		err = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, client.Close(), server.Close())
}

// listener is where an address's instance listens; its server is started by the first call.
func (m *Memory) listener(address string) (*pipes, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	m.world.mu.RLock()
	i := m.world.instances[address]
	if i == nil {
		i = m.world.instances[strings.Trim(host, "[]")]
	}
	m.world.mu.RUnlock()
	switch {
	case i == nil:
		unknown := &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: unknown}
	case i.isDown():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.pipes[i.host]
	if p == nil {
		p = &pipes{host: i.host, conns: make(chan net.Conn), closed: make(chan struct{}), server: newServer(i.handler)}
		m.pipes[i.host] = p
		go func() { _ = p.server.Serve(p) }() // ends with ErrServerClosed
	}
	return p, nil
}

// Transport is a client's transport for this network. It speaks plain text for https, too.
func (m *Memory) Transport() *http.Transport {
	return &http.Transport{DialContext: m.DialContext, DialTLSContext: m.DialContext}
}

// Client is a client for this network.
func (m *Memory) Client() *http.Client { return &http.Client{Transport: m.Transport()} }

// Close ends every connection.
func (m *Memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.pipes {
		_ = p.server.Close() // closes p, too
		_ = p.Close()
	}
}

// newServer serves a handler; what clients do wrong is theirs to tell.
func newServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
}

// pipes is a listener in memory.
type pipes struct {
	host   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	server *http.Server
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return address(p.host) }

// address is the name of a listener in memory.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }
