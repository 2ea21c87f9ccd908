#!/usr/bin/env bash
# chromium.sh installs what the browser tests need and this machine lacks,
# and prints where it is, as assignments for eval:
#
#	PLAYWRIGHT_DRIVER_PATH=… PLAYWRIGHT_NODEJS_PATH=… E2E_CHROMIUM=…
#
# The Playwright driver comes from npm and goes into the user's cache. The
# browser is $E2E_CHROMIUM if set, one already installed, Debian's when this
# is root on Debian, or else the one Playwright downloads for itself. A
# second run changes nothing. Words for people go to standard error.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { echo "chromium.sh: $*" >&2; }

node=$(command -v node) || { say "needs Node.js 18 or newer"; exit 1; }

# The driver must have exactly the version that playwright-go was made for.
module=github.com/playwright-community/playwright-go
source=$(go list -m -f '{{.Dir}}' $module)
if [ -z "$source" ]; then
	go mod download $module
	source=$(go list -m -f '{{.Dir}}' $module)
fi
version=$(sed -n 's/.*playwrightCliVersion *= *"\([^"]*\)".*/\1/p' "$source/run.go")
driver=${XDG_CACHE_HOME:-$HOME/.cache}/ms-playwright-go/$version

if [ ! -f "$driver/package/cli.js" ]; then
	say "installing the Playwright $version driver"
	mkdir -p "$driver"
	# Unpacked beside its place and renamed, so that a broken download or
	# another run at the same time leaves no half a driver.
	fresh=$(mktemp -d "$driver/fresh.XXXXXX")
	trap 'rm -rf "$fresh"' EXIT
	(cd "$fresh" && npm pack --silent "playwright-core@$version" >/dev/null && tar -xzf ./*.tgz)
	[ -e "$driver/package" ] || mv "$fresh/package" "$driver/package"
fi

# works reports whether $1 is a browser that starts. Ubuntu's chromium can be
# a script that only says where to get one.
works() {
	[ -n "$1" ] && "$1" --version 2>/dev/null | grep -qi '^\(chromium\|google chrome\) [0-9]'
}

# installed prints the path of the first browser that is here and works.
installed() {
	local name path
	for name in chromium chromium-browser google-chrome; do
		path=$(command -v $name || true)
		if works "$path"; then echo "$path"; return; fi
	done
	path=$("$node" -e 'console.log(require(process.argv[1]).chromium.executablePath())' "$driver/package")
	if works "$path"; then echo "$path"; fi
}

browser=${E2E_CHROMIUM:-$(installed)}
if [ -z "$browser" ] && e2e/setup/debian.sh chromium fonts-liberation; then
	browser=$(installed)
fi
if [ -z "$browser" ]; then
	say "installing Playwright's Chromium"
	"$node" "$driver/package/cli.js" install chromium >&2 || say "Playwright's Chromium could not be installed"
	browser=$(installed)
fi
works "$browser" || { say "no Chromium that starts; install one, or set E2E_CHROMIUM"; exit 1; }

printf '%s=%q\n' \
	PLAYWRIGHT_DRIVER_PATH "$driver" \
	PLAYWRIGHT_NODEJS_PATH "$node" \
	E2E_CHROMIUM "$browser"
