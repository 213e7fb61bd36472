package problem

// A Challenge says how a request can be authenticated: one member of
// WWW-Authenticate or Proxy-Authenticate (RFC 9110 §11.3).
type Challenge struct {
	Scheme  string // in its registered spelling, such as "Bearer"
	Token68 string // instead of Params, for the few schemes that use it
	Params  []Param
}

// A Param is one auth-param. Value is what it means, without quotes.
type Param struct{ Name, Value string }
