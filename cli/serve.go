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
	"slices"
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
		Description: `On this machine alone it is open: whoever sits here sees the whole archive, or what --person may see. From other
machines it is read over https, by --tls-cert and --tls-key or behind a proxy, under the address of --public-url; each
person of the household signs in there with a code from lama invite. It ends with Ctrl-C.`,
		Flags: []cli.Flag{configFlag(),
			&cli.StringFlag{Name: "listen", Usage: "`HOST:PORT` to listen on; port 0 is any that is free", Value: readerAddress},
			&cli.StringFlag{Name: "person", Usage: "show only what this `PERSON` of the household may see"},
			&cli.StringFlag{Name: "public-url", Usage: "the `ADDRESS` under which browsers reach it, as https://lama.example.org"},
			&cli.StringFlag{Name: "tls-cert", Usage: "`FILE` of the certificate"},
			&cli.StringFlag{Name: "tls-key", Usage: "`FILE` of its key"},
		},
		Action: func(c *cli.Context) error {
			if _, err := arguments(c); err != nil {
				return err
			}
			door, err := newDoor(c.String("listen"), c.String("public-url"), c.String("tls-cert"), c.String("tls-key"))
			if err != nil {
				return err
			}
			if door.signIn() && c.String("person") != "" {
				return usagef("--person is for this machine alone: with --public-url who signs in is shown their own")
			}
			cfg, err := s.load(c, false)
			if err != nil {
				return err
			}
			return s.serve(c.Context, cfg, door, c.String("person"))
		},
	}
}

// serve answers until the context ends. On this machine the viewer is a person, or whoever sits at it.
func (s *session) serve(ctx context.Context, cfg config.Config, d door, person string) error {
	alone, err := s.reader(cfg, person)
	if err != nil {
		return err
	}
	db, err := s.openIndexed(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	data, err := os.OpenRoot(dataFolder(cfg))
	if err != nil {
		return fmt.Errorf("open the data folder: %w", err)
	}
	defer data.Close()
	l, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	reader := web.New(web.Options{
		Store: db, Data: data.FS(), Hosts: d.hosts(l.Addr()), Log: serveLog(s.Stderr), SignIn: d.signIn(),
		Viewer: func(q *http.Request) (store.Viewer, error) {
			if !d.signIn() {
				return alone, nil
			}
			return whoAsks(q, db, cfg)
		},
		Status: func(ctx context.Context, v store.Viewer) (web.Status, error) { return statusPage(ctx, db, cfg, v) },
	})
	s.say("The reader is open: %s/ (it listens on %s; Ctrl-C ends it)", d.address(l.Addr()), l.Addr())
	return listenAndAnswer(ctx, l, reader)
}

// whoAsks is the person whose browser has signed in. One who belongs to the household no more has to sign in.
func whoAsks(q *http.Request, db *store.Store, cfg config.Config) (store.Viewer, error) {
	person, err := db.SignedIn(q.Context(), web.Secret(q))
	if err != nil {
		return store.Viewer{}, err
	}
	if !slices.Contains(cfg.Persons(), person) {
		return store.Viewer{}, web.ErrSignIn
	}
	return viewer(cfg, person)
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
