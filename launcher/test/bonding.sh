#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# net_bonding in mode 4 with dpdk-testpmd's net_bonding at the other end of two veth pairs: both sides are in sync, packets
# flow, a member that goes leaves and joins again. Runs against the product as it was built, in a network
# namespace; needs root and dpdk-testpmd (22.11).

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

if [ "$(id -u)" = 0 ] && [ -z "${HOTBUS_TEST_NAMESPACE:-}" ]; then
	HOTBUS_TEST_NAMESPACE=1 exec unshare --net -- "$PWD/launcher/test/bonding.sh"
fi

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

if [ "$(id -u)" != 0 ]; then
	skip bonding 'it needs root'
	finish
	exit
fi
needs bonding dpdk-testpmd stdbuf ip

# asks FILE FD COMMAND PATTERN COUNT: what it answers has that many lines that match, at last.
asks() {
	local end=$((SECONDS + 60)) before
	while :; do
		before=$(wc -l <"$1")
		echo "$3" >&"$2"
		sleep 0.5
		[ "$(tail -n +"$((before + 1))" "$1" | grep -cE -- "$4")" -lt "$5" ] || return 0
		if [ $SECONDS -gt $end ]; then
			echo "'$3' does not show '$4' in $1:" && tail -n 40 "$1"
			return 1
		fi
	done
}

sysctl -qw net.ipv6.conf.all.disable_ipv6=1
link() {
	ip link add "a$1" type veth peer name "b$1" && ip link set "a$1" up && ip link set "b$1" up
}
link 0 && link 1 || exit 1
mkfifo "$work/dpdk.in" "$work/ours.in"

begin() {
	stdbuf -oL dpdk-testpmd --no-huge -m 256 --no-pci --no-telemetry --file-prefix="hotbus$$" --lcores '(0,1)@0' \
		--vdev=net_af_packet0,iface=b0 --vdev=net_af_packet1,iface=b1 \
		--vdev=net_bonding0,mode=4,slave=net_af_packet0,slave=net_af_packet1,xmit_policy=l34 -- -i \
		--total-num-mbufs=8192 --no-flush-rx --forward-mode=io <"$work/dpdk.in" >"$work/dpdk" 2>&1 &
	children+=($!)
	disown $!
	exec 6>"$work/dpdk.in"
	$hotbus shell --vdev net_bonding0,mode=4,xmit_policy=l34,member=net_af_packet0,member=net_af_packet1 \
		--vdev net_af_packet0,iface=a0 --vdev net_af_packet1,iface=a1 --vdev net_null0,no-rx=1 \
		--forward-mode txonly --txonly-multi-flow <"$work/ours.in" >"$work/ours" 2>&1 &
	children+=($!)
	disown $!
	exec 5>"$work/ours.in"
	await "$work/dpdk" '^Done' && await "$work/ours" 'net_bonding0.: started' || return
	# The bond is the third port. Its engine has to transmit and to receive all the time, or LACP stands still: flowgen does.
	printf 'set portlist 2\nset fwd flowgen\nstart\n' >&6
}

# Frames of LACP need no lcore here: nothing is forwarded yet.
sync() {
	begin || return
	asks "$work/ours" 5 'show bonding lacp info net_bonding0' 'mux distributing' 2 || return
	asks "$work/ours" 5 'show bonding lacp info net_bonding0' \
		'state: ACTIVE AGGREGATION SYNCHRONIZATION COLLECTING DISTRIBUTING$' 4 || return
	asks "$work/dpdk" 6 'show bonding lacp info 2' 'ACTIVE AGGREGATION SYNCHRONIZATION COLLECTING DISTRIBUTING' 4 ||
		return
	echo 'both in sync'
}

traffic() {
	echo 'set fwd rxonly; start; wait packets 100000; stop' >&5
	await "$work/ours" 'packets were forwarded' || return
	echo 'set portlist 0; set fwd txonly; start; wait packets 100000; stop' >&5
	await "$work/ours" 'packets were forwarded' 2 || return
	asks "$work/dpdk" 6 'show port stats 2' 'RX-packets: [0-9]{5,}' 1 || return
	echo 'packets flow'
}

rejoins() {
	echo 'set fwd rxonly; start' >&5
	ip link set b0 down || return
	asks "$work/ours" 5 'show bonding config net_bonding0' '^active: net_af_packet1$' 1 || return
	ip link set b0 up || return
	asks "$work/ours" 5 'show bonding config net_bonding0' '^active: net_af_packet0, net_af_packet1$' 1 || return
	echo 'joined again'
}

sync >"$work/sync" 2>&1
check should_be_in_sync_with_dpdk 0 '^both in sync$' bash -c "cat $work/sync; exit $?"
traffic >"$work/traffic" 2>&1
check should_pass_packets_both_ways 0 '^packets flow$' bash -c "cat $work/traffic; exit $?"
rejoins >"$work/rejoins" 2>&1
check should_leave_without_a_link_and_join_again 0 '^joined again$' bash -c "cat $work/rejoins; exit $?"
finish
