#!/bin/sh
# Installs what the checks of the schemas need and is not there yet, on Debian
# or Ubuntu: as root, or with what is missing installed before.
set -eu
cd "$(dirname "$0")"

missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need node nodejs
need npm npm
if [ -n "$missing" ]; then
	apt-get update
	# shellcheck disable=SC2086 # a list
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi
npm ci --ignore-scripts --no-audit --no-fund
