module github.com/denial-go/denial/adapters/twirp

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/twitchtv/twirp v8.1.3+incompatible
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace github.com/denial-go/denial => ../..
