package adaptertest

import (
	"context"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// An App is the application that the framework serves.
type App struct {
	// Deny is the renderer of the application.
	Deny *render.Renderer

	// Secret is a text that no client may see.
	Secret string

	// BodyLimit is the constant of that name.
	BodyLimit int

	set     *problem.Set
	log     lines
	entered chan struct{}
	release chan struct{}
}

// BodyLimit is how many bytes of a request's body the framework takes, at
// /limited or everywhere.
const BodyLimit = 4096

const secret = "db-7.internal.example: password authentication failed for user \"svc\""

func newApp() *App {
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		panic(err)
	}
	return &App{
		Deny:      render.Must(render.New(config())),
		Secret:    secret,
		BodyLimit: BodyLimit,
		set:       set,
		entered:   make(chan struct{}, 16),
		release:   make(chan struct{}),
	}
}

// config is that of a site with several ways to sign in.
func config() render.Config {
	return render.Config{
		Reasons: []problem.Reason{planTooSmall, conflict},
		Challenges: []problem.Challenge{
			problem.Bearer("api"),
			problem.Basic("api"),
			problem.Session("site", "/sign-in"),
		},
		Links: map[problem.StepKind]string{
			problem.SignIn:         "/sign-in?next={return_to}",
			problem.VerifyEmail:    "/settings/email?next={return_to}",
			problem.AcceptTerms:    "/terms",
			problem.RequestAccess:  "/access?role={role}",
			problem.ReadDocs:       "https://docs.example.com/errors",
			problem.ContactSupport: "mailto:help@example.com",
			problem.ReadPolicy:     "https://example.com/policy",
			problem.UpgradePlan:    "/plans?from={return_to}",
			problem.Pay:            "/pay",
			problem.StatusPage:     "https://status.example.com/",
		},
		TypeBase: "https://api.example.com/problems/",
		Brand:    render.Brand{Name: "Example", Home: "/", Help: "mailto:help@example.com"},
	}
}

// Error returns the error of a case: one from a list of its own, or the
// built-in reason with that code. An unknown name gives an error that says so,
// which is answered with status 500.
func (a *App) Error(name string) error {
	if c, ok := errorCases[name]; ok {
		return c()
	}
	if r, ok := a.set.ByCode(name); ok {
		return r
	}
	return unknownCase(name)
}

type unknownCase string

func (u unknownCase) Error() string { return "adaptertest: there is no case " + string(u) }

// AddFields calls add for each line of the header fields that an application
// has set before it denies a request. The names are canonical.
func (a *App) AddFields(add func(name, value string)) {
	fields := http.Header{
		"Vary":                    {"Accept-Encoding", "Cookie"},
		"Etag":                    {`"of-the-page"`},
		"Last-Modified":           {"Sun, 06 Nov 1994 08:49:37 GMT"},
		"Cache-Control":           {"private, max-age=600"},
		"Content-Security-Policy": {"default-src 'self'"},
		"Link":                    {`</style.css>; rel="preload"; as="style"`},
		"Set-Cookie":              {"a=1; Path=/", "b=2; Path=/; HttpOnly"},
		"X-Request-Id":            {"01HF3Z"},
		"Content-Disposition":     {`attachment; filename="report.pdf"`},
		"X-Accel-Redirect":        {"/protected/report.pdf"},
	}
	for name, values := range fields {
		for _, value := range values {
			add(name, value)
		}
	}
}

// Written returns the body of a handler that has answered by itself.
func (a *App) Written() string { return "This is all there is.\n" }

// Panic panics with an error whose text no client may see.
func (a *App) Panic() { panic(secret) }

// Abort panics with http.ErrAbortHandler.
func (a *App) Abort() { panic(http.ErrAbortHandler) }

// Wait returns when ctx is done, or when the suite has seen enough of a
// handler whose framework does not tell it that the client has gone. The
// error is a denial.
func (a *App) Wait(ctx context.Context) error {
	select {
	case a.entered <- struct{}{}:
	default:
	}
	select {
	case <-ctx.Done():
	case <-a.release:
	}
	return problem.SignInRequired.Because(ctx.Err())
}

// Serve starts a net/http server for h, as Adapter.Start wants it. What the
// server logs is looked at by the check Log.
func (a *App) Serve(h http.Handler) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ErrorLog: a.ErrorLog()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	stop = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		<-done
	}
	return "http://" + l.Addr().String(), stop, nil
}

// ErrorLog returns a logger for a net/http server that a framework starts
// itself.
func (a *App) ErrorLog() *log.Logger { return log.New(&a.log, "", 0) }

// lines remembers what was logged.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, strings.TrimSpace(string(p)))
	return len(p), nil
}

func (l *lines) get() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all
}
