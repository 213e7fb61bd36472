module github.com/denial-go/denial/adapters/jwt

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/google/go-cmp v0.7.0
)

require golang.org/x/text v0.43.0 // indirect

replace github.com/denial-go/denial => ../..
