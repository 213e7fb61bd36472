module github.com/denial-go/denial/adapters/echo5

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/labstack/echo/v5 v5.3.1
)

require (
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace github.com/denial-go/denial => ../..
