package gateways

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// configuration returns a file of examples/gateways with the addresses of the
// services in it. What stands behind the gateway is on port 9003 in the file if
// it denies by itself, and on port 9002 if not. The gateway's own address is set
// by run.
func configuration(t *testing.T, name string, s *site, denies bool) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "examples", "gateways", name))
	if err != nil {
		t.Fatal(err)
	}
	config := string(b)
	services := map[string]*httptest.Server{"127.0.0.1:9001": s.gatekeeper, "127.0.0.1:9002": s.application}
	if denies {
		services = map[string]*httptest.Server{"127.0.0.1:9003": s.direct}
	}
	for address, server := range services {
		if !strings.Contains(config, address) {
			t.Fatalf("%s: %s, which the tests replace, is not in it", name, address)
		}
		config = strings.ReplaceAll(config, address, strings.TrimPrefix(server.URL, "http://"))
	}
	if !strings.Contains(config, listen) || strings.Contains(config, "127.0.0.1:900") {
		t.Fatalf("%s: want %s and the services for it, and no other address", name, listen)
	}
	return config
}

// listen is the address of the gateway in all examples.
const listen = "127.0.0.1:8080"

// find returns the path of a program, and ends the test where there is none.
func find(t *testing.T, name, pkg string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; internal/gateways/setup.sh installs it", name)
	}
	t.Skipf("apt-get install %s to run this; internal/gateways/setup.sh does", pkg)
	return ""
}

// write puts a file into dir.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func startNginx(t *testing.T, config string) string {
	program := find(t, "nginx", "nginx-light")
	return run(t, config, func(dir, config string) *exec.Cmd {
		// One process, so that there is one to end.
		main := write(t, dir, "nginx.conf", fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr warn;
events {}
http {
    access_log off;
    client_body_temp_path %[1]s/body;
    proxy_temp_path %[1]s/proxy;
    fastcgi_temp_path %[1]s/fastcgi;
    uwsgi_temp_path %[1]s/uwsgi;
    scgi_temp_path %[1]s/scgi;
    include %[2]s;
}
`, dir, write(t, dir, "site.conf", config)))
		return exec.Command(program, "-p", dir, "-e", "stderr", "-c", main)
	})
}

func startHAProxy(t *testing.T, config string) string {
	program := find(t, "haproxy", "haproxy")
	return run(t, config, func(dir, config string) *exec.Cmd {
		return exec.Command(program, "-db", "-f", write(t, dir, "haproxy.cfg", config))
	})
}

func startCaddy(t *testing.T, config string) string {
	program := find(t, "caddy", "caddy")
	return run(t, config, func(dir, config string) *exec.Cmd {
		main := write(t, dir, "Caddyfile", "{\n\tadmin off\n}\nimport "+write(t, dir, "site.Caddyfile", config)+"\n")
		cmd := exec.Command(program, "run", "--config", main, "--adapter", "caddyfile")
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
		return cmd
	})
}

func startApache(t *testing.T, config string) string {
	program := find(t, "apache2", "apache2")
	const modules = "/usr/lib/apache2/modules"
	if _, err := os.Stat(filepath.Join(modules, "mod_proxy_http.so")); err != nil {
		t.Skipf("the modules of httpd are not where Debian has them: %v", err)
	}
	return run(t, config, func(dir, config string) *exec.Cmd {
		var b strings.Builder
		for _, name := range []string{"mpm_event", "authz_core", "headers", "proxy", "proxy_http"} {
			fmt.Fprintf(&b, "LoadModule %s_module %s/mod_%s.so\n", name, modules, name)
		}
		fmt.Fprintf(&b, "ServerRoot %[1]s\nDefaultRuntimeDir %[1]s\nPidFile %[1]s/pid\nErrorLog /dev/stderr\nMutex file:%[1]s\nServerName 127.0.0.1\n", dir)
		if os.Geteuid() == 0 {
			b.WriteString("User www-data\nGroup www-data\n")
		}
		fmt.Fprintf(&b, "Include %s\n", write(t, dir, "site.conf", config))
		return exec.Command(program, "-D", "FOREGROUND", "-f", write(t, dir, "apache2.conf", b.String()))
	})
}

// run starts a gateway and returns its address once it listens. The gateway is
// ended with the test.
func run(t *testing.T, config string, command func(dir, config string) *exec.Cmd) string {
	t.Helper()
	var err error
	// Another program may take the port between here and there.
	for range 5 {
		var address string
		if address, err = free(); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		var out bytes.Buffer // of a process that has ended
		cmd := command(dir, strings.ReplaceAll(config, listen, address))
		cmd.Stdout, cmd.Stderr = &out, &out
		cmd.WaitDelay = 5 * time.Second
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		if err = listening(address, ended); err == nil {
			t.Cleanup(func() {
				end(cmd, ended)
				if t.Failed() {
					t.Logf("the gateway said:\n%s", out.Bytes())
				}
			})
			return "http://" + address
		}
		end(cmd, ended)
		err = fmt.Errorf("%s: %w\n%s", cmd.Path, err, out.Bytes())
	}
	t.Fatal(err)
	return ""
}

// free returns an address that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// listening waits until somebody listens on the address, or the process ends.
func listening(address string, ended chan error) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return nil
		}
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("ended before it listened: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("does not listen after a minute")
}

// end ends a process and waits for it.
func end(cmd *exec.Cmd, ended chan error) {
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
		return
	case <-time.After(10 * time.Second):
		cmd.Process.Kill()
		<-ended
	}
}
