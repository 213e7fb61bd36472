module github.com/denial-go/denial/adapters/fasthttp

go 1.26.0

require (
	github.com/denial-go/denial v0.1.0
	github.com/google/go-cmp v0.7.0
	github.com/valyala/fasthttp v1.69.0
)

require (
	github.com/andybalholm/brotli v1.2.0 // indirect
	github.com/klauspost/compress v1.18.2 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/denial-go/denial => ../..
