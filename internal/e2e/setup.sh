#!/bin/sh
# Installs what the browser tests need and is not there yet, on Debian: as root,
# or with sudo. Ubuntu has neither browser but as a snap: there, a Chromium and a
# Firefox from elsewhere have to be in PATH, or be named in CHROMIUM and FIREFOX.
# GitHub's machines have both.
set -eu
cd "$(dirname "$0")"

missing=""
# need PACKAGE COMMAND... wants one of the commands.
need() {
	package=$1
	shift
	for command; do
		if command -v "$command" >/dev/null 2>&1; then return; fi
	done
	missing="$missing $package"
}
need nodejs node
need npm npm
[ -n "${CHROMIUM-}" ] || need chromium chromium chromium-browser google-chrome
[ -n "${FIREFOX-}" ] || need firefox-esr firefox-esr firefox
need default-jre-headless java
# Letters of other scripts: without them, a page shows boxes. The folder may be
# there for another package's emoji.
[ -e /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf ] || missing="$missing fonts-noto-core"
if [ -n "$missing" ]; then
	sudo=""
	if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
	$sudo apt-get update
	# shellcheck disable=SC2086 # a list
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
fi
npm ci --ignore-scripts --no-audit --no-fund
