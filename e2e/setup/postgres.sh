#!/usr/bin/env bash
# postgres.sh runs a throw-away PostgreSQL for the store tests.
#
#	postgres.sh start     installs PostgreSQL where it can be and must be,
#	                      starts a cluster and prints, for eval,
#	                      TEST_POSTGRES=postgres://… TEST_POSTGRES_DIR=…
#	                      and TEST_POSTGRES_SOCKET, the same by its socket
#	postgres.sh stop DIR  ends that cluster and removes it
#
# The cluster listens on 127.0.0.1 with a port and a password of its own, and at
# a socket in its folder.
# It sorts as SQLite does (by bytes), has pg_trgm in every database, and does
# not sync to disk unless POSTGRES_DURABLE is set. PostgreSQL refuses to run as root, so root runs it as
# another user. Words for people go to standard error.
set -euo pipefail

say() { echo "postgres.sh: $*" >&2; }

# works reports whether the programs in folder $1 start and come with pg_trgm.
works() {
	[ -x "$1/initdb" ] && [ -x "$1/pg_ctl" ] && "$1/postgres" --version >/dev/null 2>&1 &&
		{ [ ! -x "$1/pg_config" ] || [ -e "$("$1/pg_config" --sharedir)/extension/pg_trgm.control" ]; }
}

# installed prints the folder of the newest PostgreSQL that works: Debian's
# keeps its servers off the path, and what is on it may be only a client.
installed() {
	local dir
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV) \
		"$(dirname "$(command -v initdb || echo /none)")"; do
		if works "$dir"; then echo "$dir"; return; fi
	done
}

# as runs a command as the user who may run the server in $dir.
as() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
	else
		local user
		user=$(stat -c %U "$dir")
		(cd "$dir" && setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups env HOME="$dir" "$@")
	fi
}

start() {
	local bin password locale port try
	bin=$(installed)
	if [ -z "$bin" ] && "$(dirname "$0")/debian.sh" postgresql; then
		bin=$(installed)
	fi
	[ -n "$bin" ] || { say "no PostgreSQL server with pg_trgm here; install one, or set TEST_POSTGRES"; exit 1; }

	if [ "$(id -u)" = 0 ]; then
		dir=$(mktemp -d /tmp/kontor-postgres.XXXXXX) # root's own TMPDIR may be closed to others
		chown "$(id -un postgres 2>/dev/null || id -un nobody)" "$dir"
	else
		dir=$(mktemp -d "${TMPDIR:-/tmp}/kontor-postgres.XXXXXX")
	fi
	trap 'stop "$dir"' EXIT # until it is up, nobody else would
	trap 'exit 1' INT TERM
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	as sh -c 'umask 077; echo "$1" >"$2"' sh "$password" "$dir/password"
	locale=C.UTF-8
	locale -a | grep -qix 'c\.utf-\{0,1\}8' || locale=C
	as "$bin/initdb" -D "$dir/data" -U kontor -A password --pwfile="$dir/password" \
		-E UTF8 --locale=$locale --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }

	local quick="-F -c full_page_writes=off -c synchronous_commit=off"
	[ -z "${POSTGRES_DURABLE:-}" ] || quick=
	# Nothing hands out free ports, so try some below those the kernel gives
	# to clients. pg_ctl -w returns when the server answers or has given up.
	for try in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + RANDOM % 12000))
		if as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -s -o "-p $port -h 127.0.0.1 -k '$dir' \
			-c max_connections=200 $quick" start >/dev/null 2>&1; then
			break
		fi
		[ $try != 10 ] || { cat "$dir/log" >&2; exit 1; }
	done

	# In template1, of which every later database is a copy.
	export PGHOST=127.0.0.1 PGPORT=$port PGUSER=kontor PGPASSWORD=$password
	"$bin/psql" -X -q -d template1 -c 'CREATE EXTENSION pg_trgm' >&2
	"$bin/createdb" kontor >&2
	trap - EXIT INT TERM
	printf '%s=%q\n' \
		TEST_POSTGRES "postgres://kontor:$password@127.0.0.1:$port/kontor?sslmode=disable" \
		TEST_POSTGRES_SOCKET "postgres://kontor:$password@/kontor?host=$dir&port=$port&sslmode=disable" \
		TEST_POSTGRES_DIR "$dir"
}

# stop ends the cluster in $1 by the process ID that the cluster wrote there.
stop() {
	dir=$1
	case $dir in
	*/kontor-postgres.??????) ;;
	*) say "$dir is no cluster of ours"; exit 2 ;;
	esac
	if [ -f "$dir/data/postmaster.pid" ]; then
		as "$(installed)/pg_ctl" -D "$dir/data" -w -s -m immediate stop >&2 || true
	fi
	rm -rf "$dir"
}

case ${1:-} in
start) start ;;
stop) stop "${2:?the folder that start printed}" ;;
*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
