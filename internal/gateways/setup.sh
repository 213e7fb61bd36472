#!/bin/sh
# Installs the gateways that the tests here start and that are not there yet,
# on Debian or Ubuntu. The services that come with the packages are not started:
# the tests start programs of their own.
set -eu

missing=""
need() { [ -x "/usr/sbin/$1" ] || [ -x "/usr/bin/$1" ] || missing="$missing $2"; }
need nginx nginx-light
need haproxy haproxy
need caddy caddy
need apache2 apache2
[ -n "$missing" ] || exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi

# A package's scripts ask policy-rc.d whether they may start a service
# (invoke-rc.d(8)); 101 is no. One that is there already is left alone, and
# what it lets start is stopped below.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
	$sudo chmod 755 "$policy"
	trap '$sudo rm -f "$policy"' EXIT
fi

$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing

if [ -d /run/systemd/system ]; then
	for service in $missing; do
		$sudo systemctl disable --now "${service%-light}" >/dev/null 2>&1 || true
	done
fi
