module github.com/denial-go/denial/adapters/goa

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/go-chi/chi/v5 v5.2.4
	github.com/google/go-cmp v0.7.0
	goa.design/goa/v3 v3.25.3
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/websocket v1.5.3 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/denial-go/denial => ../..
