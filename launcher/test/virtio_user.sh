#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# net_virtio_user with dpdk-testpmd's net_vhost at the other end, in both roles, with both kinds of
# rings, one and two queues: frames come back whole, counters agree, a peer that is killed under load
# is noticed, and the port forwards again when the peer is back. Runs against the product as it was
# built; needs dpdk-testpmd (22.11) and two CPUs.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

needs virtio_user dpdk-testpmd stdbuf python3
# Without hugepages the memory has to be shared all the same.
mkdir "$work/etc" && echo 'shared.memory = true' >"$work/etc/io.hotbus.core.cfg"
export HOTBUS_ETC=$work/etc
# A buffer that is given back twice, or not at all, is named.
export HOTBUS_JAVA_OPTS=-Dhotbus.mempool.debug=true

dpdk() { # dpdk NAME QUEUES ENGINE: starts it with its input on descriptor 6
	local client=0
	# A killed server leaves its socket, and dpdk-testpmd then does not start.
	if [ "$server" = 1 ]; then client=1; else rm -f "$work/socket"; fi
	rm -f "$work/dpdk.in" && mkfifo "$work/dpdk.in"
	stdbuf -oL dpdk-testpmd --no-huge -m 256 --no-pci --no-telemetry --file-prefix="hotbus$$$1" --lcores '(0,1)@0' \
		--vdev="net_vhost0,iface=$work/socket,queues=$2,client=$client" -- -i --total-num-mbufs=8192 --no-flush-rx \
		--rxq="$2" --txq="$2" --forward-mode="$3" <"$work/dpdk.in" >"$work/$1" 2>&1 &
	dpdk_pid=$!
	children+=("$dpdk_pid")
	disown "$dpdk_pid"
	exec 6>"$work/dpdk.in"
	await "$work/$1" '^Done'
}

ours() { # ours NAME QUEUES OPTION...: starts it with its input on descriptor 5
	local name=$1 queues=$2
	shift 2
	rm -f "$work/ours.in" && mkfifo "$work/ours.in"
	$hotbus shell --vdev "net_virtio_user0,path=$work/socket,server=$server,packed_vq=$packed,queues=$queues,queue_size=1024" \
		--rxq "$queues" --txq "$queues" --rxd 1024 --txd 1024 --event-log "$work/events" "$@" \
		<"$work/ours.in" >"$work/$name" 2>&1 &
	children+=($!)
	disown $!
	exec 5>"$work/ours.in"
	await "$work/$name" 'net_virtio_user0.: started'
}

quit() { # quit NAME: ends both
	echo quit >&5
	await "$work/$1" '^Bye' && exec 5>&-
	# dpdk-testpmd may have ended by itself.
	(trap '' PIPE; echo quit >&6) 2>/dev/null
	exec 6>&-
}

# Writes frames of all lengths, of which some do not fit in one buffer, with random payload: one file a queue.
frames() {
	python3 - "$work" "$1" <<-'END'
		import random, struct, sys
		for queue in range(int(sys.argv[2])):
		    lengths = [*range(60, 560), 1514, 2047, 2048, 2049, *[random.randint(60, 5000) for _ in range(60)]]
		    random.shuffle(lengths)
		    with open(f"{sys.argv[1]}/in{queue}.pcap", "wb") as out:
		        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
		        for n in lengths:
		            out.write(struct.pack("<IIII", 0, 0, n, n) + random.randbytes(n))
	END
}

compare() {
	python3 - "$work" "$1" <<-'END'
		import struct, sys
		def read(name):
		    data, at, found = open(name, "rb").read(), 24, []
		    while at < len(data):
		        n = struct.unpack_from("<I", data, at + 8)[0]
		        found.append(data[at + 16:at + 16 + n])
		        at += 16 + n
		    return found
		for queue in range(int(sys.argv[2])):
		    sent, back = (read(f"{sys.argv[1]}/{kind}{queue}.pcap") for kind in ("in", "out"))
		    print(f"queue {queue}: {len(sent)} frames sent, {len(back)} came back")
		    if sent != back:
		        wrong = next((i for i, pair in enumerate(zip(sent, back)) if pair[0] != pair[1]), len(back))
		        sys.exit(f"frame {wrong} is another one")
		print("all as they were sent")
	END
}

# whole NAME QUEUES: frames go to DPDK, which sends them back.
whole() {
	local files='' queue total=$((564 * $2))
	rm -f "$work"/out*.pcap
	frames "$2" || return
	for ((queue = 0; queue < $2; queue++)); do
		files+=",rx_pcap=$work/in$queue.pcap,tx_pcap=$work/out$queue.pcap"
	done
	if [ "$server" = 1 ]; then
		ours "whole.$1" "$2" --vdev "net_pcap0$files" && dpdk "dpdk.whole.$1" "$2" io || return
	else
		dpdk "dpdk.whole.$1" "$2" io && ours "whole.$1" "$2" --vdev "net_pcap0$files" || return
	fi
	await "$work/whole.$1" 'net_virtio_user0: connected' && echo start >&6 || return
	await "$work/dpdk.whole.$1" 'io packet forwarding packets/burst' || return
	printf 'start\nwait packets %s\nstop\n' $((2 * total)) >&5
	await "$work/whole.$1" '^Done' || return
	quit "whole.$1" && compare "$2"
}

# both NAME QUEUES: traffic in both directions, one after the other; every frame is counted.
both() {
	local name=$1
	if [ "$server" = 1 ]; then
		ours "ours.$1" "$2" && dpdk "dpdk.$1" "$2" txonly || return
	else
		dpdk "dpdk.$1" "$2" txonly && ours "ours.$1" "$2" || return
	fi
	await "$work/ours.$name" 'net_virtio_user0: connected' || return
	echo 'set fwd rxonly; start' >&5
	await "$work/ours.$name" 'packet forwarding - ports' || return
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

# The peer is killed under load and comes back; the port is gone meanwhile.
killed() {
	local name=$1 end
	echo 'set fwd txonly; start' >&5
	printf 'set fwd io\nstart\n' >&6
	await "$work/dpdk.$name" 'io packet forwarding packets/burst' || return
	end=$(python3 - "$dpdk_pid" <<-'END'
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
	dpdk "dpdk2.$name" "$2" txonly || return
	await "$work/events" '"REATTACHED"' && await "$work/ours.$name" 'net_virtio_user0: connected' 2 || return
	echo start >&6
	echo 'stop; set fwd rxonly; start; wait packets 100000; show mempool all; stop' >&5
	await "$work/ours.$name" 'packets were forwarded' 4 || return
	quit "ours.$name" || return
	if grep -E 'lacks|holds|Exception' "$work/ours.$name"; then return 1; fi
	python3 - "$work/events" "$end" <<-'END'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		noticed = next(e for e in events if e["event"] == "REMOVE")["timeNanos"]
		kill, end = map(int, sys.argv[2].split())
		print("noticed %.1f ms after the kill, %.1f ms after the kernel had ended the process"
		      % ((noticed - kill) / 1e6, (noticed - end) / 1e6))
		print("in time" if noticed > kill and noticed - end < 5_000_000_000 else "too early or too late")
	END
}

# The contract of drivers, in a framework without configurations: with hugepages alone.
contract() {
	(cd "$work" && "${JAVA_HOME:+$JAVA_HOME/bin/}java" -ea -Dtester.dir="$work/report" \
		-Dlogback.configurationFile="$top/bundles/itest/logback.xml" -Ditest.log="$work/contract.log" \
		-Dhotbus.tck.devices="net_virtio_user0,path=$work/tck,server=1 net_virtio_user1,path=$work/none,packed_vq=1,queues=2" \
		-jar "$top/bundles/itest/target/contract.jar") || return
	grep -o '<testsuite [^>]*' "$work"/report/TEST-io.hotbus.tck-*.xml
}
top=$PWD
export top
export -f contract
if [ "$(cat /sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages)" -ge 64 ]; then
	check should_keep_the_contract 0 'tests="[0-9]*".*failures="0"|failures="0".*tests="[0-9]*"' contract
	grep -o ' \(tests\|failures\|errors\|skipped\)="[0-9]*"' "$work/out" | tr '\n' ' ' && echo
else
	skip should_keep_the_contract '64 free hugepages are needed (sysctl vm.nr_hugepages=64)'
fi

for kind in 'client 0 split 0 1' 'server 1 packed 1 1' 'client 0 packed 1 2' 'server 1 split 0 2'; do
	read -r role server ring packed queues <<<"$kind"
	name=${role}_${ring}_${queues}
	: >"$work/events"
	whole "$name" "$queues" >"$work/whole" 2>&1
	check "should_get_every_frame_back_$name" 0 'all as they were sent' bash -c "cat $work/whole; exit $?"
	cat "$work/whole"
	both "$name" "$queues" >"$work/both" 2>&1
	check "should_count_the_same_as_dpdk_$name" 0 '^to DPDK' bash -c "cat $work/both; exit $?"
	cat "$work/both"
	: >"$work/events"
	killed "$name" "$queues" >"$work/killed" 2>&1
	check "should_survive_that_dpdk_is_killed_$name" 0 'in time' bash -c "cat $work/killed; exit $?"
	cat "$work/killed"
	for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null; done
	children=()
done

finish
