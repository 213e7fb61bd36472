// Package gateways tests the configurations in examples/gateways with the
// programs that they are for: nginx, HAProxy, Caddy and Apache httpd, started
// on free ports of 127.0.0.1, in front of a service that denies requests.
//
// A test is skipped where its program is not installed, unless CI is "true";
// setup.sh installs them. The versions that the README names are those of
// Debian 12.
package gateways
