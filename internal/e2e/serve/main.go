// Serve shows the pages of the browser tests, on an address of this machine
// only, until it is told to stop or an hour is over. With a command, it runs
// that with the address in BASE, and ends with it:
//
//	go run ./internal/e2e/serve
//	go run ./internal/e2e/serve node internal/e2e/screenshots.mjs
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/denial-go/denial/internal/e2e"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	limit := flag.Duration("for", time.Hour, "stop after this long")
	flag.Parse()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	server := &http.Server{Handler: e2e.Handler(), ReadHeaderTimeout: 10 * time.Second}
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	go server.Serve(l)
	fmt.Println(base)
	if flag.NArg() == 0 {
		<-ctx.Done()
		return
	}
	cmd := exec.CommandContext(ctx, flag.Arg(0), flag.Args()[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "BASE="+base)
	if err := cmd.Run(); err != nil {
		log.Fatal(err)
	}
}
