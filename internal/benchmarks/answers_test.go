package benchmarks_test

import (
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/gin-gonic/gin"
	"github.com/go-fuego/fuego"
	"github.com/moogar0880/problems"
	schneider "schneider.vip/problem"

	"github.com/denial-go/denial/internal/benchmarks/handwritten"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
)

// deny is the Renderer of every benchmark that does not need another.
var deny = render.Must(render.New(work.Config()))

// A contender does a work, but for what it lacks.
type contender struct {
	name    string
	handler http.Handler
	lacks   []work.Lack
}

// ours are the contenders that every work has.
func ours(tb testing.TB, w work.Work) []contender {
	answer, err := work.Record(work.Denial(deny, w), w.Request())
	if err != nil {
		tb.Fatal(err)
	}
	list := []contender{
		{name: "prebuilt", handler: answer},
		{name: "denial", handler: work.Denial(deny, w)},
	}
	if w.Values {
		list = append(list, contender{name: "new-error", handler: work.Anew(deny)})
	}
	return list
}

// contenders are those of a work, peers included. The peers that render but
// neither negotiate nor know languages are given the German texts, and set no
// header fields but the two that clients need: they do less.
func contenders(tb testing.TB, w work.Work) []contender {
	list := ours(tb, w)
	add := func(name string, h http.Handler, lacks ...work.Lack) {
		list = append(list, contender{name, h, lacks})
	}
	made := func(name string, h http.Handler, err error) {
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		add(name, h)
	}
	switch w.MediaType {
	case "application/problem+json", "text/html", "multipart/alternative":
		h, err := handwritten.New(deny, w)
		made("handwritten", h, err)
	}
	switch w {
	case work.HTML, work.Values[1]:
		h, err := handwritten.Template(deny, w)
		made("html-template", h, err)
	}
	switch w {
	case work.JSON:
		add("moogar0880", moogar(), work.Language)
		add("schneider.vip", schneiderVIP(), work.Language)
		add("huma", humaHandler(), work.Language)
		add("gin", ginHandler(), work.Language)
		add("fuego", fuegoHandler(), work.Language, work.Steps)
	case work.HTML:
		// Its page is one line that is not escaped, and over a real server its
		// media type is text/plain, because the status is sent before it is set.
		add("fuego", fuegoHandler(), work.Language, work.Steps, work.Page, work.MediaType)
	}
	return list
}

// document is the answer that the peers are given.
var document = func() handwritten.Document {
	r := work.JSON.Request()
	view := deny.View(render.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header}, work.JSON.Err())
	return handwritten.NewDocument(&view)
}()

const bearer = `Bearer realm="restricted"`

// moogar embeds its Problem for the further members, as its documentation says.
func moogar() http.Handler {
	type extended struct {
		problems.Problem
		Code string             `json:"code"`
		Next []handwritten.Step `json:"next"`
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := extended{
			Problem: *problems.New().WithType(document.Type).WithTitle(document.Title).WithStatus(document.Status).WithDetail(document.Detail),
			Code:    document.Code,
			Next:    document.Next,
		}
		w.Header().Set("Content-Type", problems.ProblemMediaType)
		w.Header().Set("WWW-Authenticate", bearer)
		w.WriteHeader(p.Status)
		encodeJSON(w, p)
	})
}

func schneiderVIP() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", bearer)
		schneider.New(
			schneider.Type(document.Type), schneider.Title(document.Title), schneider.Status(document.Status), schneider.Detail(document.Detail),
			schneider.Custom("code", document.Code), schneider.Custom("next", document.Next),
		).WriteTo(w)
	})
}

type humaError struct {
	huma.ErrorModel
	Code string             `json:"code"`
	Next []handwritten.Step `json:"next"`
}

// humaHandler does what huma.WriteErr does: negotiate, transform, marshal.
// WriteErr itself makes its errors by a global function.
func humaHandler() http.Handler {
	api := humago.New(http.NewServeMux(), huma.DefaultConfig("benchmark", "1"))
	op := &huma.Operation{Method: "GET", Path: "/reports/{id}"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := humago.NewContext(op, r, w)
		e := &humaError{huma.ErrorModel{Type: document.Type, Title: document.Title, Status: document.Status, Detail: document.Detail}, document.Code, document.Next}
		ct, err := api.Negotiate(ctx.Header("Accept"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotAcceptable)
			return
		}
		ct = e.ContentType(ct)
		ctx.SetHeader("Content-Type", ct)
		ctx.SetHeader("WWW-Authenticate", bearer)
		body, err := api.Transform(ctx, "401", e)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		ctx.SetStatus(e.GetStatus())
		api.Marshal(ctx.BodyWriter(), ct, body)
	})
}

// ginHandler negotiates by NegotiateFormat: Context.Negotiate has no way to
// send problem+json. Its router is part of what is timed.
func ginHandler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/reports/:id", func(c *gin.Context) {
		switch c.NegotiateFormat("application/problem+json", gin.MIMEJSON, gin.MIMEHTML) {
		case gin.MIMEHTML:
			c.AbortWithStatus(http.StatusNotImplemented)
		default:
			c.Header("Content-Type", "application/problem+json")
			c.Header("WWW-Authenticate", bearer)
			c.AbortWithStatusJSON(document.Status, document)
		}
	})
	return engine
}

// fuegoHandler has no place for steps; the list of errors is the nearest.
func fuegoHandler() http.Handler {
	e := fuego.HTTPError{Type: document.Type, Title: document.Title, Status: document.Status, Detail: document.Detail}
	for _, s := range document.Next {
		e.Errors = append(e.Errors, fuego.ErrorItem{Name: s.Kind, Reason: s.Title, More: map[string]any{"href": s.Href}})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", bearer)
		fuego.SendError(w, r, e)
	})
}

// Every contender does its work before any is timed.
func TestContenders(t *testing.T) {
	for _, w := range work.All {
		for _, c := range contenders(t, w) {
			t.Run(w.Name+"/"+c.name, func(t *testing.T) {
				if err := work.CheckHandler(w, c.handler, c.lacks...); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The page by html/template is the same page, to the byte.
func TestSamePage(t *testing.T) {
	for _, w := range []work.Work{work.HTML, work.Values[1]} {
		ours, err := work.Record(work.Denial(deny, w), w.Request())
		if err != nil {
			t.Fatal(err)
		}
		h, err := handwritten.Template(deny, w)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := work.Record(h, w.Request())
		if err != nil {
			t.Fatal(err)
		}
		if string(ours.Body) != string(theirs.Body) {
			t.Errorf("%s: ours is\n%s\nhtml/template makes\n%s", w.Name, ours.Body, theirs.Body)
		}
	}
}
