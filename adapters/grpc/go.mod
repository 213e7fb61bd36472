module github.com/denial-go/denial/adapters/grpc

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/denial-go/denial/adapters/grpc/details v0.1.0
	github.com/google/go-cmp v0.7.0
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261012220534-4341edf3f941
	google.golang.org/grpc v1.85.0
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/api v0.0.0-20261012220534-4341edf3f941 // indirect
)

replace github.com/denial-go/denial => ../..

replace github.com/denial-go/denial/adapters/grpc/details => ./details
