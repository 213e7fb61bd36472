// Command size says what package render costs a program before it denies
// anything: how much larger a net/http server gets, and what the first New and
// the first reader of each language take.
//
//	go run ./internal/size
//	go run ./internal/size -limit     # fails where a stripped server gets larger than it may
package main

import (
	"flag"
	"fmt"
	"go/version"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// server is a program that denies, or one that answers with http.Error.
const server = `package main

import (
	"net/http"
	IMPORTS
)

func main() {
	VARIABLES
	http.ListenAndServe("127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		READ
		DENY
	}))
}
`

// Most programs that deny speak JSON elsewhere too. Then a good part of what
// package render needs is there already.
var kinds = []struct{ name, imports, read string }{
	{"net/http", "", ""},
	{"net/http and encoding/json", `"encoding/json"`, "var v struct{ A any }; json.NewDecoder(r.Body).Decode(&v); json.NewEncoder(w).Encode(v)"},
}

// limits are the bytes that a stripped net/http server may get larger by, on
// linux/amd64. Each Go has its own: the encoding/json of 1.27, which package
// render needs and net/http does not, takes half a megabyte more.
var limits = map[string]int64{
	"go1.26": 1_620_000,
	"go1.27": 2_175_000,
}

func main() {
	limited := flag.Bool("limit", false, "fail where a stripped net/http server gets larger than it may with this version of Go")
	flag.Parse()
	var most int64
	if *limited {
		most = limit()
	}
	start()
	// Inside the module, so that its packages are found.
	dir, err := os.MkdirTemp("internal", "size-")
	if err != nil {
		log.Fatal("run this from the root of the repository: ", err)
	}
	defer os.RemoveAll(dir)
	for _, kind := range kinds {
		plain := strings.NewReplacer("IMPORTS", kind.imports, "VARIABLES", "", "READ", kind.read, "DENY", `http.Error(w, "no", 403)`)
		denying := strings.NewReplacer(
			"IMPORTS", kind.imports+"\n\"github.com/denial-go/denial/problem\"\n\"github.com/denial-go/denial/render\"",
			"VARIABLES", "var deny render.Renderer", "READ", kind.read, "DENY", "deny.Write(w, r, problem.RoleMissing)")
		for _, flags := range []string{"", "-s -w"} {
			without, with := build(dir, plain.Replace(server), flags), build(dir, denying.Replace(server), flags)
			fmt.Printf("-ldflags=%-7q %s %d bytes, with render %d, difference %d\n", flags, kind.name, without, with, with-without)
			if kind.imports == "" && flags == "-s -w" && most > 0 && with-without > most {
				os.RemoveAll(dir)
				log.Fatalf("size: %d bytes are %d more than limits allows; go tool nm -size -sort size shows what takes them", with-without, with-without-most)
			}
		}
	}
}

// limit returns what the Go that builds the programs allows, or 0.
func limit() int64 {
	out, err := exec.Command("go", "env", "GOVERSION", "GOOS", "GOARCH").Output()
	if err != nil {
		log.Fatal("go env: ", err)
	}
	words := strings.Fields(string(out))
	most := limits[version.Lang(words[0])]
	if words[1] != "linux" || words[2] != "amd64" {
		most = 0
	}
	if most == 0 {
		// A new Go is no fault of a change.
		fmt.Printf("No limit is known for %s: limits in internal/size/main.go takes one.\n", strings.Join(words, " "))
	}
	return most
}

// start measures in this process, which has not used a Renderer yet.
func start() {
	before, began := heap(), time.Now()
	deny, err := render.New(render.Config{})
	if err != nil {
		log.Fatal(err)
	}
	took := time.Since(began)
	fmt.Printf("first New: %v, %d bytes kept\n", took.Round(time.Microsecond), heap()-before)
	before, began = heap(), time.Now()
	tags := deny.Languages()
	for _, tag := range tags {
		deny.Render(render.Request{Language: tag, Format: render.JSON}, problem.SignInRequired)
	}
	took = time.Since(began) / time.Duration(len(tags))
	fmt.Printf("first reader of a language: %v, %d bytes kept, the mean of %d\n", took.Round(time.Microsecond), (heap()-before)/int64(len(tags)), len(tags))
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// build returns the size of a program.
func build(dir, source, flags string) int64 {
	file, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-ldflags="+flags, "-o", out, file)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		os.RemoveAll(dir)
		log.Fatal(err)
	}
	info, err := os.Stat(out)
	if err != nil {
		log.Fatal(err)
	}
	return info.Size()
}
