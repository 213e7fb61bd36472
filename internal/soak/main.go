// The command soak sends a server of denials what an hour of a busy day brings,
// over real connections: requests of every kind, for every reason, in every
// form, with values that differ each time, from clients of which some are slow
// and some go away. At the end no goroutine, no memory and no file may be left
// over, and no answer may have been wrong.
//
//	go run -race ./internal/soak               as many as 25 a second are in an hour
//	go run -race ./internal/soak -n 20000      fewer
//	go run -race ./internal/soak -for 5m       no more than there is time for
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	o := options{}
	flag.IntVar(&o.requests, "n", 25*3600, "how many requests to send")
	flag.IntVar(&o.workers, "workers", 32, "how many clients there are at a time")
	flag.IntVar(&o.every, "every", 1, "of the built-in reasons, take each n-th")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what the requests are made of")
	limit := flag.Duration("for", 0, "stop after this long, with fewer requests; 0 sends all of them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *limit)
		defer cancel()
	}
	fmt.Printf("seed %d\n", o.seed)
	r, err := run(ctx, o)
	if r != nil {
		fmt.Print(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}
