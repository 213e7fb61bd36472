module github.com/denial-go/denial/examples/recipes

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/go-chi/chi/v5 v5.5.0
	github.com/google/go-cmp v0.7.0
	github.com/gorilla/mux v1.8.1
	github.com/julienschmidt/httprouter v1.3.0
	github.com/justinas/nosurf v1.2.0
	github.com/urfave/negroni/v3 v3.1.2
)

require golang.org/x/text v0.43.0 // indirect

replace github.com/denial-go/denial => ../..
