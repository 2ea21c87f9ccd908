#!/usr/bin/env bash
# with.sh runs a command with what tests need, and clears up after it however
# it ends:
#
#	with.sh chromium postgres race -- sh -c 'go test $RACE ./...'
#
# chromium and postgres set what chromium.sh and postgres.sh print; race sets
# RACE to -race, for which Go needs a C compiler.
#
# A TEST_POSTGRES that is set already is used as it is. What cannot be had is
# said and the command runs without it, so that its tests are skipped; with
# CI set that is an error instead.
set -euo pipefail
setup=$(dirname "$0")

without() {
	echo "with.sh: no $1: $2" >&2
	[ -z "${CI:-}" ] || exit 1
}

clear_up() {
	[ -z "${TEST_POSTGRES_DIR:-}" ] || "$setup/postgres.sh" stop "$TEST_POSTGRES_DIR"
}
unset TEST_POSTGRES_DIR TEST_POSTGRES_SOCKET
trap clear_up EXIT

while [ $# -gt 0 ]; do
	need=$1
	shift
	case $need in
	--) break ;;
	chromium)
		if out=$("$setup/chromium.sh"); then
			set -a; eval "$out"; set +a
		else
			without Chromium "the browser tests are skipped"
		fi
		;;
	postgres)
		if [ -n "${TEST_POSTGRES:-}" ]; then
			:
		elif out=$("$setup/postgres.sh" start); then
			set -a; eval "$out"; set +a
		else
			without PostgreSQL "the store tests run on SQLite alone"
		fi
		;;
	race)
		# Without a C compiler Go turns cgo off.
		if [ "$(go env CGO_ENABLED)" = 1 ] ||
			{ "$setup/debian.sh" gcc libc6-dev && [ "$(go env CGO_ENABLED)" = 1 ]; }; then
			export RACE=-race
		else
			export RACE=
			without "C compiler" "data races go unseen"
		fi
		;;
	*) echo "with.sh: no such thing to run with: $need" >&2; exit 2 ;;
	esac
done

# In the background, since bash handles no signal while it waits for a
# command in the foreground.
"$@" <&0 &
command=$!
trap 'kill -TERM $command 2>/dev/null' INT TERM
code=0
wait $command || code=$?
# A signal ends wait before the command has ended.
while kill -0 $command 2>/dev/null; do
	wait $command || code=$?
done
exit $code
