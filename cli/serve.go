package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"lama/config"
	"lama/store"
	"lama/web"
)

// readerAddress is where the reader listens unless it is told otherwise.
const readerAddress = "127.0.0.1:8470"

func (s *session) serveCommand() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "read the archive in a browser",
		Description: "It listens on this machine alone, and whoever sits at it sees the whole archive. It ends with Ctrl-C.",
		Flags: []cli.Flag{configFlag(), &cli.StringFlag{Name: "listen", Usage: "`HOST:PORT` to listen on; port 0 is any that is free",
			Value: readerAddress}},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			if err := refuseOpenDoor(c.String("listen")); err != nil {
				return err
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			return s.serve(c.Context, cfg, c.String("listen"))
		},
	}
}

// refuseOpenDoor refuses to listen where others could read private posts.
func refuseOpenDoor(listen string) error {
	if _, _, err := net.SplitHostPort(listen); err != nil {
		return usagef("--listen %s must be host:port, as in %s", listen, readerAddress)
	}
	if !web.Loopback(listen) {
		return usagef("--listen %s could be reached from other machines, and the reader has no sign-in yet: "+
			"listen on %s and come through SSH (ssh -L 8470:%[2]s this.machine)", listen, readerAddress)
	}
	return nil
}

// serve answers until the context ends.
func (s *session) serve(ctx context.Context, cfg config.Config, listen string) error {
	if err := exists(cfg); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{URL: cfg.Database.Secret(), Schema: s.Schema, Exists: true})
	if err != nil {
		return err
	}
	defer db.Close()
	data, err := os.OpenRoot(dataFolder(cfg))
	if err != nil {
		return fmt.Errorf("open the data folder: %w", err)
	}
	defer data.Close()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; --listen 127.0.0.1:0 takes any port that is free", listen, err)
	}
	reader := web.New(web.Options{
		Store: db, Data: data.FS(), Hosts: web.Hosts(l.Addr()), Log: serveLog(s.Stderr),
		Viewer: func(*http.Request) (store.Viewer, error) { return store.Household(), nil },
		Status: func(ctx context.Context, v store.Viewer) (web.Status, error) { return statusPage(ctx, db, cfg, v) },
	})
	s.say("The reader is open: http://%s/ (Ctrl-C ends it)", l.Addr())
	return listenAndAnswer(ctx, l, reader)
}

// listenAndAnswer serves until the context ends, and then lets what is under way come to its end.
func listenAndAnswer(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	failed := make(chan error, 1) // so that Serve can end also when nobody listens to it
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the reader: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return nil
}
