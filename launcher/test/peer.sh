# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests with another program at the other end have in common. Sourced after check.sh.

# Processes that are killed at the end.
children=()
# shellcheck disable=SC2317,SC2154
cleanup() {
	for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null; done
	rm -rf "$work"
}
trap cleanup EXIT

# needs TEST PROGRAM...: skips the test where a program is missing.
needs() {
	local name=$1
	shift
	[ "$(command -v "$@" | wc -l)" != $# ] || return 0
	skip "$name" "$* are needed (apt-get install dpdk-dev)"
	finish
	exit
}

# await FILE PATTERN [COUNT]: the file has that many lines that match.
await() {
	local end=$((SECONDS + 60)) count
	until count=$(grep -csE -- "$2" "$1"); [ "${count:-0}" -ge "${3:-1}" ]; do
		if [ $SECONDS -gt $end ]; then
			echo "no '$2' in $1:" && tail -n 20 "$1"
			return 1
		fi
		sleep 0.05
	done
}

# counter FILE RX|TX: the packets of a port that were printed last.
counter() { grep -E "^ *$2-packets: *[0-9]" "$1" | grep -v total | tail -1 | sed -E "s/.*$2-packets: *([0-9]+).*/\1/"; }

stats() { # stats FILE FD: lets it print the counters of port 0
	local before
	before=$(grep -c 'TX-packets: .*TX-errors' "$1")
	echo 'show port stats 0' >&"$2"
	await "$1" 'TX-packets: .*TX-errors' $((before + 1))
}

# arrive FILE FD COUNT: port 0 has received that many packets, once none is under way any more.
arrive() {
	local end=$((SECONDS + 60))
	while stats "$1" "$2"; do
		[ "$(counter "$1" RX)" != "$3" ] || return 0
		if [ $SECONDS -gt $end ]; then
			echo "$(counter "$1" RX) packets have arrived in $1, of $3"
			return 1
		fi
		sleep 0.05
	done
}
