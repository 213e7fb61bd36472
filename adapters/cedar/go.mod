module github.com/denial-go/denial/adapters/cedar

go 1.26.0

require (
	github.com/cedar-policy/cedar-go v1.9.0
	github.com/denial-go/denial v0.1.0
	github.com/google/go-cmp v0.7.0
)

require (
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // indirect
	golang.org/x/exp v0.0.0-20220921023135-46d9e7742f1e // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/denial-go/denial => ../..
