package denyjose_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	denyjose "github.com/denial-go/denial/adapters/jose"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func Example() {
	key := []byte("only for this example, and nowhere else")
	allowed := func(r *http.Request) error {
		raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return problem.SignInRequired
		}
		token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.HS256})
		if err != nil {
			return denyjose.Denial(err)
		}
		var claims jwt.Claims
		if err := token.Claims(key, &claims); err != nil {
			return denyjose.Denial(err)
		}
		return denyjose.Denial(claims.Validate(jwt.Expected{AnyAudience: jwt.Audience{"api"}}))
	}

	var deny render.Renderer
	reports := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := allowed(r); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprint(w, "the report")
	})

	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, nil)
	if err != nil {
		panic(err)
	}
	token, err := jwt.Signed(signer).Claims(jwt.Claims{
		Audience: jwt.Audience{"api"},
		Expiry:   jwt.NewNumericDate(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	}).Serialize()
	if err != nil {
		panic(err)
	}
	for _, authorization := range []string{"", "Bearer " + token, "Bearer nonsense"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/reports", nil)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		reports.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 401 Bearer realm="restricted"
	// 401 Bearer error="invalid_token", error_description="The access token expired"
	// 401 Bearer error="invalid_token", error_description="The access token is not valid"
}
