#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Scripts of DPDK's testpmd, unmodified: the same answers and counters from dpdk-testpmd and from hotbus; and what
# testpmd hides. Runs against the product as it was built, in a network namespace of its own. What needs
# dpdk-testpmd is skipped where that is missing.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
export scripts=launcher/test/testpmd

null_ports() { printf -- '--vdev=net_null%d,no-rx=1 ' "$@"; }

# In a network namespace with two interfaces, l0 and l1, that are wired to each other.
wired() {
	unshare -n sh -c 'sysctl -qw net.ipv6.conf.default.disable_ipv6=1; ip link add l0 up type veth peer name l1 &&
		ip link set l1 up && exec "$@"' _ "$@"
}
# with DEVICE: puts it in the place of the script's second device.
with() { sed "s/net_null1,no-rx=1/${1:-&}/g"; }
# theirs SCRIPT VDEVS [DEVICE]: what dpdk-testpmd answers. Without stdbuf its answers come after all commands.
theirs() {
	# shellcheck disable=SC2046,SC2086  # lists of words
	with "${3:-}" <"$scripts/$1.txt" | wired stdbuf -oL -eL timeout 60 dpdk-testpmd --no-huge -m 256 --no-pci -l 0-1 \
		--file-prefix="hotbus-test-$$" $(with "${3:-}" <<<"$2") -- -i --total-num-mbufs=16384 2>&1
}
# ours SCRIPT VDEVS [DEVICE]: what hotbus answers. The last CPU forwards; testpmd's is CPU 1.
ours() {
	# shellcheck disable=SC2046,SC2086  # lists of words
	with "${3:-}" <"$scripts/$1.txt" | wired $hotbus shell -l 1 $(with "${3:-}" <<<"$2") \
		-- -i --total-num-mbufs=16384 2>&1
}
# same_answers SCRIPT VDEVS [DEVICE]
same_answers() {
	theirs "$@" >"$work/theirs" || return
	ours "$@" >"$work/ours" || return
	python3 $scripts/compare.py "$work/theirs" >"$work/theirs.shared"
	python3 $scripts/compare.py "$work/ours" >"$work/ours.shared"
	diff -u "$work/theirs.shared" "$work/ours.shared" && echo "$(wc -l <"$work/ours.shared") lines are the same"
}
export -f wired with theirs ours same_answers null_ports

if ! command -v dpdk-testpmd >/dev/null; then
	skip should_answer_as_testpmd_does 'no dpdk-testpmd (apt-get install dpdk-dev)'
elif ! unshare -n true 2>/dev/null; then
	skip should_answer_as_testpmd_does 'no network namespace can be made here'
elif [ "$(nproc)" -lt 2 ]; then
	skip should_answer_as_testpmd_does 'testpmd needs two CPUs'
else
	check should_show_statistics_as_testpmd_does 0 '[0-9]{2} lines are the same' same_answers statistics "$(null_ports 0 1)"
	check should_have_counted_the_same 0 'TX-packets: 64             TX-dropped: 0             TX-total: 64' \
		cat "$work/ours.shared"
	check should_set_queues_as_testpmd_does 0 '[0-9]{2} lines are the same' same_answers queues "$(null_ports 0 1)"
	check should_attach_and_detach_as_testpmd_does 0 '[0-9]{2} lines are the same' \
		same_answers hotplug-attach "$(null_ports 0)"
	check should_refuse_to_detach_a_started_port 0 'Port not stopped' cat "$work/ours.shared"
	check should_detach_what_it_began_with_as_testpmd_does 0 '[0-9]{2} lines are the same' \
		same_answers hotplug-start "$(null_ports 0 1)"
	for device in net_af_packet1,iface=l1 net_pcap1,rx_iface_in=l1,tx_iface=l1; do
		check "should_attach_and_detach_${device%%,*}_as_testpmd_does" 0 '[0-9]{2} lines are the same' \
			same_answers hotplug-attach "$(null_ports 0)" $device
		check "should_detach_${device%%,*}_that_it_began_with_as_testpmd_does" 0 '[0-9]{2} lines are the same' \
			same_answers hotplug-start "$(null_ports 0 1)" $device
	done
	check should_have_sent_what_was_injected 0 'TX-packets: 32             TX-dropped: 0             TX-total: 32' \
		cat "$work/ours.shared"
	# What ours does not hide.
	printf 'show config fwd\nstrat tx_first\nset fwd mcswap\nshow prot info 0\n' >"$work/misspelt"
	check should_differ_where_testpmd_passes_over_misspelt_lines 0 'Bye' bash -c "echo quit | timeout 60 unshare -n \
		dpdk-testpmd --no-huge -m 256 --no-pci -l 0-1 --file-prefix=hotbus-test-$$ $(null_ports 0) -- -i \
		--total-num-mbufs=16384 --cmdline-file='$work/misspelt'"
	check should_differ_where_testpmd_goes_on_without_a_vdev 0 'Bye' bash -c "echo quit | timeout 60 unshare -n \
		dpdk-testpmd --no-huge -m 256 --no-pci -l 0-1 --file-prefix=hotbus-test-$$ $(null_ports 0) --vdev=net_null1,no-rx=2 \
		-- -i --total-num-mbufs=16384"
fi

# The same steps with the driver that testpmd has not, and the plan's "port close", after which testpmd has lost the port.
sed 's/net_null1,no-rx=1/net_sim1,loopback=1/; s/^port stop 1/&\nport close 1/' $scripts/hotplug-attach.txt >"$work/sim.txt"
check should_attach_and_detach_net_sim 0 '^Port 1 .net_sim1. is detached' bash -c \
	"$hotbus shell $(null_ports 0) <$work/sim.txt && ! grep -q 'failed: .*null0' $work/now"
check should_have_refused_net_sim_while_it_was_started 0 \
	"port 1 .net_sim1.: Port not stopped .'port stop 1' stops it; 'device detach net_sim1' stops, closes and detaches it" \
	cat "$work/out"
check should_detach_a_started_device 0 '^net_sim0 is detached' $hotbus run --vdev net_sim0,loopback=1 \
	--exec 'start tx_first; device detach net_sim0'
check should_refuse_a_started_port 1 'Port not stopped' $hotbus run --vdev net_null0 --exec 'port detach 0'

printf '# a comment\nshow config fwd\n\nstrat tx_first\nset fwd\nshow prot info 0 # another\n' >"$work/misspelt"
check should_name_the_line_and_the_word 1 "misspelt:4: 'strat' is wrong: 'strat' is not a verb .did you mean start" \
	$hotbus run --vdev net_null0 --cmdline-file "$work/misspelt"
check should_name_the_others_too 0 "misspelt:5: a word is missing: .*set fwd ENGINE" cat "$work/out"
check should_name_a_word_in_the_middle 0 "misspelt:6: 'prot' is wrong: " cat "$work/out"
check should_have_executed_nothing_and_touched_no_device 0 '^0$' bash -c "grep -c 'attached\|packet forwarding' $work/out || true"
printf 'set fwd mac\nset fwd warp\nport config mtu 0 70000\nstart\nstop\nquit\n' >"$work/refused"
check should_go_on_after_a_refused_command_and_fail 1 "2 of 6 commands failed: .*refused:2: 'set fwd warp': .*refused:3: " \
	$hotbus run --vdev net_null0 --cmdline-file "$work/refused"
check should_have_gone_on 0 '^Telling cores to stop' cat "$work/out"
printf 'start\nwait packets 1000\nstop\nquit\n' >"$work/right"
check should_execute_a_file 0 '^Bye' $hotbus run --vdev net_null0 --vdev net_null1 --cmdline-file "$work/right"
check should_say_that_there_is_no_file 1 'cmdline-file .*nosuch: cannot be read' \
	$hotbus run --vdev net_null0 --cmdline-file "$work/nosuch"
check should_fail_with_a_vdev_that_is_refused 1 'no-rx=2' \
	$hotbus run --vdev net_null0 --vdev net_null1,no-rx=2 --exec 'show config'

# Both engines of a pair count what goes round, and every engine forwards.
for engine in mac macswap csum 5tswap noisy io; do
	check "should_forward_with_$engine" 0 'RX-packets: [1-9]' $hotbus run --vdev net_null0 --vdev net_null1 \
		--forward-mode $engine --exec 'start; wait packets 100000; stop'
done
check should_generate_flows 0 'TX-packets: [1-9]' $hotbus run --vdev net_null0,no-rx=1 --flowgen-flows=7 \
	--forward-mode flowgen --exec 'start; wait packets 100000; stop'
check should_answer_nothing_to_frames_of_zeros 0 'TX-packets: 0 ' $hotbus run --vdev net_null0 \
	--forward-mode icmpecho --exec 'start; wait packets 100000; stop'
check should_keep_packets_in_a_noisy_buffer 0 'RX-packets: [1-9]' $hotbus run --vdev net_null0 --forward-mode noisy \
	--noisy-tx-sw-buffer-size=64 --noisy-lkup-memory=1 --noisy-lkup-num-reads=2 --exec 'start; wait packets 100000; stop'
check should_print_packets 0 'src=00:00:00:00:00:00 - dst=00:00:00:00:00:00 - type=0x0000 - length=64 - nb_segs=1' bash -c \
	"$hotbus run --vdev net_null0 --exec 'set verbose 1; start; wait packets 100; stop' 2>/dev/null | head -n 200"

terminated() { # starts forwarding, and ends it by SIGTERM
	$hotbus run --vdev net_null0 --vdev net_null1 >"$work/term" 2>&1 &
	local pid=$! code
	timeout 60 sh -c "until grep -q forwarding '$work/term'; do sleep 0.1; done"
	kill -TERM $pid
	wait $pid
	code=$?
	cat "$work/term"
	return $code
}
export -f terminated
check should_end_with_143_on_sigterm 143 'net_null0: detached' bash -c terminated

finish
