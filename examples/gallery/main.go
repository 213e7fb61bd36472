// Gallery shows every built-in denial, in every form and language.
//
//	go run ./examples/gallery
//
// Open the address that it prints, or ask for one denial:
//
//	curl -i http://127.0.0.1:8080/deny/email-unverified
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	at := "http://" + l.Addr().String()
	fmt.Printf(`Listening on %s/

  curl -i %[1]s/deny/email-unverified
  curl -i -H 'Accept: text/html' %[1]s/deny/email-unverified
  curl -i -H 'Accept: multipart/alternative' %[1]s/deny/sign-in-required
`, at)
	server := http.Server{Handler: newGallery(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(l))
}
