#!/usr/bin/env bash
# debian.sh installs the Debian packages it is given, for the other scripts.
# It fails where this is not root on a machine with apt.
set -euo pipefail
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
echo "debian.sh: installing $*" >&2

# With RUNLEVEL=1 a package starts no server of its own.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
get() { apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2; }

# Fresh package lists only where the old ones fail: they take a while.
get install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
	get update
	log=$(get install -y --no-install-recommends "$@" 2>&1) || { echo "$log" >&2; exit 1; }
}
