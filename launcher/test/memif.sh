#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# net_memif with dpdk-testpmd at the other end, in both roles: counters agree, a peer that is killed
# is noticed, and the port forwards again when the peer is back. Runs against the product as it was
# built; needs dpdk-testpmd (22.11) and two CPUs.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

needs memif dpdk-testpmd stdbuf python3

dpdk() { # dpdk NAME ROLE ENGINE: starts it with its input on descriptor 6
	rm -f "$work/dpdk.in" && mkfifo "$work/dpdk.in"
	stdbuf -oL dpdk-testpmd --no-huge -m 128 --no-pci --no-telemetry --file-prefix="hotbus$$$1" --lcores '(0,1)@0' \
		--vdev="net_memif0,role=$2,socket=hotbus-memif-$$" -- -i --total-num-mbufs=4096 --no-flush-rx \
		--forward-mode="$3" <"$work/dpdk.in" >"$work/$1" 2>&1 &
	dpdk_pid=$!
	children+=("$dpdk_pid")
	disown "$dpdk_pid"
	exec 6>"$work/dpdk.in"
	await "$work/$1" '^Done'
}

ours() { # ours NAME ROLE: starts it with its input on descriptor 5
	rm -f "$work/ours.in" && mkfifo "$work/ours.in"
	$hotbus shell --vdev "net_memif0,role=$2,socket=hotbus-memif-$$" --event-log "$work/events" \
		<"$work/ours.in" >"$work/$1" 2>&1 &
	children+=($!)
	exec 5>"$work/ours.in"
	await "$work/$1" 'net_memif0.: started'
}

# both ROLE OF_DPDK: traffic in both directions, one after the other; every frame is counted.
both() {
	local name=$1
	if [ "$1" = server ]; then
		ours "ours.$name" server && dpdk "dpdk.$name" client txonly || return
	else
		dpdk "dpdk.$name" server txonly && ours "ours.$name" client || return
	fi
	await "$work/ours.$name" "connected to net_memif0 of 'DPDK" || return
	echo 'set fwd rxonly; start' >&5
	await "$work/ours.$name" 'packet forwarding - ports' || return
	# Chains first: DPDK leaves their marks in the ring.
	printf 'set txpkts 100,100\nstart\n' >&6
	echo 'wait packets 10000' >&5
	await "$work/ours.$name" 'packets were forwarded' || return
	printf 'stop\nset txpkts 64\nstart\n' >&6
	echo 'wait packets 100000' >&5
	await "$work/ours.$name" 'packets were forwarded' 2 || return
	echo stop >&6
	await "$work/dpdk.$name" 'Accumulated forward' 2 || return
	stats "$work/dpdk.$name" 6 && arrive "$work/ours.$name" 5 "$(counter "$work/dpdk.$name" TX)" || return
	echo "from DPDK: $(counter "$work/dpdk.$name" TX) sent, $(counter "$work/ours.$name" RX) received"

	printf 'set fwd rxonly\nstart\n' >&6
	await "$work/dpdk.$name" 'rxonly packet forwarding packets/burst' || return
	echo 'stop; set fwd txonly; start; wait packets 100000; stop' >&5
	await "$work/ours.$name" 'packets were forwarded' 3 || return
	stats "$work/ours.$name" 5 && arrive "$work/dpdk.$name" 6 "$(counter "$work/ours.$name" TX)" && echo stop >&6 &&
		await "$work/dpdk.$name" 'Accumulated forward' 3 || return
	echo "to DPDK: $(counter "$work/ours.$name" TX) sent, $(counter "$work/dpdk.$name" RX) received"
}

# The peer is killed and comes back; the port is gone meanwhile.
killed() {
	local name=$1 killed
	echo 'set fwd rxonly; start' >&5
	# When it was killed, and when the kernel had ended it, which takes longer the more memory it has.
	killed=$(python3 - "$dpdk_pid" <<-'END'
		import os, select, sys, time
		pid = int(sys.argv[1])
		end = os.pidfd_open(pid)
		print(time.monotonic_ns())
		os.kill(pid, 9)
		select.select([end], [], [])
		print(time.monotonic_ns())
	END
	)
	await "$work/events" '"REMOVE".*PEER_GONE' && await "$work/events" '"DETACHED"' || return
	exec 6>&-
	dpdk "dpdk2.$name" "$([ "$name" = server ] && echo client || echo server)" txonly || return
	await "$work/events" '"REATTACHED"' && await "$work/events" '"INTR_LSC"' 3 || return
	echo start >&6
	echo 'stop; start; wait packets 100000; quit' >&5
	await "$work/ours.$name" 'packets were forwarded' 4 || return
	await "$work/ours.$name" '^Bye' && exec 5>&- || return
	# dpdk-testpmd may have ended by itself.
	(trap '' PIPE; echo quit >&6) 2>/dev/null
	exec 6>&-
	python3 - "$work/events" "$killed" <<-'END'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		noticed = next(e for e in events if e["event"] == "REMOVE")["timeNanos"]
		kill, end = map(int, sys.argv[2].split())
		print("noticed %.1f ms after the kill, %.1f ms after the kernel had ended the process"
		      % ((noticed - kill) / 1e6, (noticed - end) / 1e6))
		print("in time" if noticed - end < 5_000_000_000 else "too late")
	END
}

for role in server client; do
	: >"$work/events"
	both $role >"$work/both" 2>&1
	check "should_count_the_same_as_dpdk_as_$role" 0 '^to DPDK' bash -c "cat $work/both; exit $?"
	cat "$work/both"
	killed $role >"$work/killed" 2>&1
	check "should_notice_that_dpdk_was_killed_and_forward_again_as_$role" 0 'in time' bash -c "cat $work/killed; exit $?"
	cat "$work/killed"
done

finish
