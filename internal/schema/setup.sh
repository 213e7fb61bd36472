#!/bin/sh
# Installs what the checks of the schemas need and is not there yet, on Debian
# or Ubuntu: as root, or with sudo.
set -eu
cd "$(dirname "$0")"

missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need node nodejs
need npm npm
if [ -n "$missing" ]; then
	sudo=""
	if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
	$sudo apt-get update
	# shellcheck disable=SC2086 # a list
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi
npm ci --ignore-scripts --no-audit --no-fund
