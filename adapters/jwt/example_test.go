package denyjwt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	denyjwt "github.com/denial-go/denial/adapters/jwt"
	"github.com/denial-go/denial/render"
	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
)

func Example() {
	key := []byte("only for this example")
	keys := func(*jwt.Token) (any, error) { return key, nil }
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired())

	var deny render.Renderer
	reports := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := request.ParseFromRequest(r, request.OAuth2Extractor, keys, request.WithParser(parser))
		if err != nil {
			deny.Write(w, r, denyjwt.Denial(err))
			return
		}
		fmt.Fprint(w, "the report")
	})

	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		ExpiresAt: jwt.NewNumericDate(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
	}).SignedString(key)
	if err != nil {
		panic(err)
	}
	for _, authorization := range []string{"", "Bearer " + token, "Bearer " + token + "x"} {
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
