# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of the command line have in common. Sourced; makes the folder $work.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
export HOTBUS_STATE_DIR=$work/state
unset HOTBUS_RUNTIME_DIR HOTBUS_DEPLOY HOTBUS_ETC HOTBUS_JAVA_OPTS
export HOTBUS_LOG=INFO
export hotbus=launcher/hotbus work

# check NAME CODE PATTERN COMMAND...: it ends with CODE within $limit seconds, and what it prints matches PATTERN. The file
# $work/out has what the command of the check before printed.
check() {
	local name=$1 code=$2 pattern=$3 got
	shift 3
	timeout "${limit:-300}" bash -c '"$@"' _ "$@" >"$work/now" 2>&1 </dev/null
	got=$?
	mv "$work/now" "$work/out"
	if [ "$got" = "$code" ] && grep -qE -- "$pattern" "$work/out"; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		echo "FAIL $name: exit code $got (expected $code), expected to match: $pattern"
		sed 's/^/    /' "$work/out" | tail -n 20
	fi
}

skip() { echo "SKIP $1: $2"; }

# Says what it came to, which is also the exit code.
finish() {
	echo
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

free_port() { python3 -B launcher/test/ports.py; }

# A copy of the product, as it was built, in the folder $1.
copy_product() {
	mkdir -p "$1/cnf" "$1/bundles" "$1/examples" "$1/native" "$1/bench"
	cp pom.xml bnd.bnd "$1/"
	cp -r launcher "$1/"
	touch "$1/launcher/target/built"
}
