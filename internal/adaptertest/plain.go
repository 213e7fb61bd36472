package adaptertest

import (
	"fmt"
	"net"
	"net/http"
	"strconv"

	"github.com/denial-go/denial/problem"
)

// errorField is the request field in which the suite tells the plain server
// what to answer with. A renderer does not read it.
const errorField = "Adaptertest-Error"

// plain is what every framework is compared with: a net/http server that
// answers with Renderer.Write.
type plain struct {
	app  *App
	base string
	stop func()

	errs map[string]error // by the value of errorField
}

func startPlain(app *App, a Adapter) (*plain, error) {
	p := &plain{app: app, errs: make(map[string]error)}
	for check, err := range a.Own {
		if err != nil {
			p.errs[string(check)] = err
		}
	}
	for status := 400; status < 600; status++ {
		p.errs[strconv.Itoa(status)] = problem.ForStatus(status)
	}
	for _, status := range ownStatuses {
		if err := a.OwnStatus(status); err != nil {
			p.errs[ownError(status)] = err
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/deny/{case}", func(w http.ResponseWriter, r *http.Request) {
		app.Deny.Write(w, r, app.Error(r.PathValue("case")))
	})
	mux.HandleFunc("/fields/{case}", func(w http.ResponseWriter, r *http.Request) {
		app.AddFields(w.Header().Add)
		app.Deny.Write(w, r, app.Error(r.PathValue("case")))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		err, ok := p.errs[r.Header.Get(errorField)]
		if !ok {
			err = fmt.Errorf("adaptertest: the plain server has no error %q", r.Header.Get(errorField))
		}
		app.Deny.Write(w, r, err)
	})
	var err error
	p.base, p.stop, err = app.Serve(mux)
	return p, err
}

// ownError is the value of errorField for the framework's error with a status.
func ownError(status int) string { return "own " + strconv.Itoa(status) }

// dial is for checks that look at bytes.
func dial(base string) (net.Conn, error) {
	return net.Dial("tcp", base[len("http://"):])
}
