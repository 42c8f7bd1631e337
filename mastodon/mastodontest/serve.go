package mastodontest

import (
	"fmt"
	"net"
	"net/http"
)

// Handler answers for an instance; it panics where there is none of that name.
func (w *World) Handler(host string) http.Handler {
	w.mu.RLock()
	defer w.mu.RUnlock()
	i := w.instances[host]
	if i == nil {
		panic("mastodontest: there is no instance " + host)
	}
	return i.handler
}

// Loopback is listeners on 127.0.0.1. They are open before the world is made, so that its instances can be named
// by their addresses.
type Loopback struct {
	listeners []net.Listener
	servers   []*http.Server
}

// Listen opens n listeners. A client that connects before Serve waits.
func Listen(n int) (*Loopback, error) {
	l := &Loopback{}
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			l.Close()
			return nil, fmt.Errorf("open a listener: %w", err)
		}
		l.listeners = append(l.listeners, listener)
	}
	return l, nil
}

// Hosts are the listeners' addresses, host and port.
func (l *Loopback) Hosts() []string {
	hosts := make([]string, len(l.listeners))
	for n, listener := range l.listeners {
		hosts[n] = listener.Addr().String()
	}
	return hosts
}

// Serve answers for those instances of the world that are named after a listener, until Close. It does not block.
func (l *Loopback) Serve(w *World) {
	for _, listener := range l.listeners {
		w.mu.RLock()
		i := w.instances[listener.Addr().String()]
		w.mu.RUnlock()
		if i != nil {
			l.handle(listener, i.handler)
		}
	}
}

// ServeBulk answers for a bulk server that is named after a listener, as Serve does.
func (l *Loopback) ServeBulk(b *Bulk) {
	for _, listener := range l.listeners {
		if listener.Addr().String() == b.host {
			l.handle(listener, b)
		}
	}
}

func (l *Loopback) handle(listener net.Listener, h http.Handler) {
	server := newServer(h)
	l.servers = append(l.servers, server)
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
}

// Close ends every connection and closes the listeners.
func (l *Loopback) Close() {
	for _, server := range l.servers {
		_ = server.Close() // the listener is closed below
	}
	for _, listener := range l.listeners {
		_ = listener.Close() // nothing can be done
	}
}
