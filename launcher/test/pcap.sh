#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Capture files: ours beside those of tcpdump, editcap, capinfos and scapy, in both directions; what
# becomes of files that are cut, too large for their disk, or gone. Network interfaces: what tcpdump and
# DPDK's net_pcap hear and send there. Runs against the product as it was built. Mounts of a full disk are
# made in a mount namespace of their own, interfaces in a network namespace.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

for tool in tcpdump capinfos editcap; do
	command -v $tool >/dev/null || { skip captures "no $tool (apt-get install tcpdump wireshark-common)"; exit 0; }
done

# forward COUNT VDEV VDEV [OPTION...]: forwards COUNT frames from the first device to the second.
forward() {
	"$hotbus" run --disable-device-start --vdev "$2" --vdev "$3" "${@:4}" \
		--exec "start; port start 1; port start 0; wait packets $1 60; stop; show port stats all"
}
# told FILE: bytes, lengths and times to the nanosecond of each frame, as tcpdump tells them.
told() { tcpdump --nano -tt -nn -e -xx -r "$1" 2>/dev/null; }
same() { [ -s "$1" ] && diff <(told "$1") <(told "$2") >&2 && [ "$(told "$1" | wc -l)" -gt 0 ] && echo the same; }
export -f forward told same

python3 - "$work" <<-'END'
	import random, struct, sys
	random.seed(7)
	frames = []
	for i in range(600):
	    length = random.choice([60, 61, 64, 128, 590, 1514, 1518, 4000, 9014])
	    data = bytes.fromhex("020000000002" "020000000001" "88b5") + random.randbytes(length - 14)
	    frames.append((1_700_000_000 + i, 999_999_999 - i, data, length + (1000 if i % 3 == 0 else 0)))
	def pcap(name, order, magic, unit):
	    with open(sys.argv[1] + "/" + name, "wb") as out:
	        out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, 1))
	        for second, nano, data, original in frames:
	            out.write(struct.pack(order + "IIII", second, nano // unit, len(data), original) + data)
	pcap("nano.pcap", "<", 0xa1b23c4d, 1)
	pcap("nano-big.pcap", ">", 0xa1b23c4d, 1)
	pcap("micro.pcap", "<", 0xa1b2c3d4, 1000)
	pcap("micro-big.pcap", ">", 0xa1b2c3d4, 1000)
	whole = open(sys.argv[1] + "/nano.pcap", "rb").read()
	open(sys.argv[1] + "/cut.pcap", "wb").write(whole[:-10])
END

tcpdump -r "$work/nano.pcap" -w "$work/tcpdump.pcap" 2>/dev/null
editcap -F pcapng "$work/nano.pcap" "$work/editcap.pcapng"
editcap -F nsecpcap -s 100 "$work/nano.pcap" "$work/snapped.pcap"
kinds=(nano.pcap nano-big.pcap micro.pcap micro-big.pcap tcpdump.pcap editcap.pcapng snapped.pcap)
scapy=$(for python in python3 /usr/bin/python3; do $python -c 'import scapy' 2>/dev/null && echo $python && break; done)
export scapy
if [ -n "$scapy" ]; then
	$scapy -c '
from scapy.all import Ether, IP, UDP, Raw, wrpcap
import sys
wrpcap(sys.argv[1], [Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP() / UDP() / Raw(bytes([i % 256]) * i)
                     for i in range(600)])' "$work/scapy.pcap" 2>/dev/null
	kinds+=(scapy.pcap)
else
	skip should_understand_scapy_and_be_understood "no scapy (apt-get install python3-scapy)"
fi

# A queue for each file; every other one is written as pcapng.
from='' to='' ng=''
for kind in "${kinds[@]}"; do
	from+=,rx_pcap=$work/$kind to+=,tx_pcap=$work/of-${kind%.*}.pcap$ng
	[ -n "$ng" ] && ng='' || ng=ng
done
check should_forward_files_of_all_kinds 0 'RX-errors: 0' \
	forward $((600 * ${#kinds[@]})) "net_pcap0$from" "net_pcap1$to" --rxq ${#kinds[@]} --txq ${#kinds[@]}
check should_write_the_very_file_that_it_reads 0 '^the same file$' \
	bash -c 'cmp $work/nano.pcap $work/of-nano.pcap && echo the same file'
for kind in "${kinds[@]}"; do
	check "should_keep_bytes_lengths_and_times_of_$kind" 0 '^the same$' same "$work/$kind" "$work/of-${kind%.*}".pcap*
done
check should_be_read_by_capinfos 0 'Number of packets: *600' capinfos -c -u -E "$work/of-nano-big.pcapng"
check should_have_times_in_nanoseconds 0 'nanoseconds \(9\)' capinfos "$work/of-nano.pcap"
[ -z "$scapy" ] || check should_understand_scapy_and_be_understood 0 '^600 frames' $scapy -c '
from scapy.all import rdpcap
import sys
a, b = rdpcap(sys.argv[1]), rdpcap(sys.argv[2])
assert [bytes(p) for p in a] == [bytes(p) for p in b] and [p.time for p in a] == [p.time for p in b]
print(len(b), "frames")' "$work/scapy.pcap" "$work/of-scapy.pcapng"
check should_name_the_byte_at_which_a_file_is_cut 0 'cut.pcap: byte [0-9]+: it is cut off: 10 bytes more' bash -c "
	forward 599 net_pcap0,rx_pcap=$work/cut.pcap net_null0,no-rx=1"
# What says() and waits() read is emptied first: a run that is started behind opens its file later.
says() { # waits until the run has said so
	for _ in $(seq 600); do
		! grep -q "$1" "$work/run" || return 0
		sleep 0.1
	done
	return 1
}
gone_and_back() { # the input is cut while another port forwards, and returns
	: >"$work/run"
	cp "$work/nano.pcap" "$work/going.pcap"
	"$hotbus" run --vdev net_pcap0,rx_pcap="$work/going.pcap" --vdev net_null0 --exec "start; wait port net_pcap0 gone 60;
		wait packets 100000 60; wait port net_pcap0 started 60; show port info net_pcap0" >"$work/run" 2>&1 &
	says 'forwarding started' && truncate -s 1000 "$work/going.pcap" && says 'net_pcap0: detached' &&
		cp "$work/nano.pcap" "$work/going.pcap"
	wait $!
	local code=$?
	cat "$work/run"
	return $code
}
updated_while_gone() { # the bundle of the driver is updated while the input is cut
	: >"$work/run"
	cp "$work/nano.pcap" "$work/going.pcap"
	"$hotbus" run --vdev net_pcap0,rx_pcap="$work/going.pcap" --vdev net_null0 --exec "start; wait port net_pcap0 gone 60;
		bundle update io.hotbus.net.pcap; show port info net_null0; wait port net_pcap0 started 60;
		show port info net_pcap0" >"$work/run" 2>&1 &
	says 'forwarding started' && truncate -s 1000 "$work/going.pcap" && says 'Infos for port' &&
		cp "$work/nano.pcap" "$work/going.pcap"
	wait $!
	local code=$?
	cat "$work/run"
	return $code
}
export -f says gone_and_back updated_while_gone
check should_be_removed_with_its_file_and_return_with_it 0 'net_pcap0: its files and interfaces are there again' gone_and_back
check should_return_with_its_file_to_a_driver_that_was_updated 0 'net_pcap0: its files and interfaces are there again' \
	updated_while_gone

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016  # the inner shell expands them
	check should_tell_that_the_disk_is_full 0 'ENOSPC.*frames are dropped until there is room' \
		unshare -m bash -c 'mkdir -p $work/small && mount -t tmpfs -o size=200k none $work/small &&
			forward 600 net_pcap0,rx_pcap=$work/nano.pcap net_pcap1,tx_pcap=$work/small/out.pcap &&
			tcpdump -r $work/small/out.pcap 2>&1 >/dev/null | grep -c truncated | grep -qx 0'
else
	skip should_tell_that_the_disk_is_full "no mount namespace of one's own here"
fi

if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
	skip interfaces "needs root, and a network namespace of one's own"
	finish
	exit
fi
export ns=hotbus-pcap-$$
trap 'ip netns del $ns; rm -rf "$work"' EXIT
ip netns add $ns
ip netns exec $ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1
pair() { ip -n "$ns" link add p0 mtu 9100 up type veth peer name p1 mtu 9100 && ip -n "$ns" link set p1 up; }
pair
python3 - "$work/frames.pcap" <<-'END'
	import random, struct, sys
	random.seed(8)
	with open(sys.argv[1], "wb") as out:
	    out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
	    for i in range(600):
	        tags = random.choice(["", "81000005", "88a80007" "8100e005"])
	        data = bytes.fromhex("020000000002" "020000000001" + tags + "88b5")
	        data += random.randbytes(random.choice([60, 61, 64, 128, 590, 1514, 2049, 4000, 9014]) - len(data))
	        out.write(struct.pack("<IIII", 1_700_000_000 + i, i, len(data), len(data)) + data)
END
same_bytes() { # the frames of two files, without their times
	diff <(tcpdump -t -nn -e -xx -r "$1" 2>/dev/null) <(tcpdump -t -nn -e -xx -r "$2" 2>/dev/null) >&2 &&
		tcpdump --count -r "$2" 2>/dev/null
}
waits() { # waits FILE WORDS: until the file says so
	for _ in $(seq 600); do
		! grep -q "$2" "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}
# listen FILE INTERFACE COMMAND...: what tcpdump hears on the interface until it has 600 frames, which COMMAND sends.
listen() {
	timeout 90 ip netns exec "$ns" tcpdump -B 20000 -U -c 600 -i "$2" -w "$1" 2>"$1.log" &
	waits "$1.log" 'listening on' && "${@:3}" >"$1.sent" 2>&1
	wait $! && cat "$1.sent"
}
# ours DEVARGS PACKETS: forwards what the device receives to itself.
ours() {
	ip netns exec "$ns" "$hotbus" run --vdev "$1" --exec "start; wait packets $2 60; stop; show port stats all" -- \
		--port-topology=loop
}
# theirs DEVARGS LOG WORDS: the same, by DPDK's net_pcap, until its statistics in the file LOG, where its answers go, have
# the words.
theirs() {
	{
		echo start
		for _ in $(seq 600); do
			! grep -q "$3" "$2" || break
			echo 'show port stats all'
			sleep 0.1
		done
		printf '%s\n' stop 'show port stats all' quit
	} | stdbuf -oL -eL timeout 90 ip netns exec "$ns" dpdk-testpmd --no-huge -m 256 --no-pci -l 0-1 \
		--file-prefix="hotbus-pcap-$$" --vdev="$1" -- -i --total-num-mbufs=8192 --no-flush-rx \
		--port-topology=loop --mbuf-size=10240 2>&1
}
send() { # sends the frames on an interface, by a program of its own
	ip netns exec "$ns" python3 -c '
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[2], 0))
whole, at = open(sys.argv[1], "rb").read(), 24
while at < len(whole):
    length = struct.unpack_from("<I", whole, at + 8)[0]
    s.send(whole[at + 16:at + 16 + length])
    at += 16 + length' "$work/frames.pcap" "$1"
}
# ours_hears COUNT DEVARGS, theirs_hears COUNT DEVARGS: frames arrive on p0, and a program sends as many on p0.
ours_hears() {
	: >"$work/hears.log"
	ours "$2" "$1" >"$work/hears.log" 2>&1 &
	waits "$work/hears.log" 'forwarding started' && send p1 && send p0
	wait $! && cat "$work/hears.log"
}
theirs_hears() {
	: >"$work/hears.log"
	theirs "$2" "$work/hears.log" "RX-packets: $1 " >"$work/hears.log" 2>&1 &
	waits "$work/hears.log" 'packet forwarding' && send p1 && send p0
	wait $! && cat "$work/hears.log"
}
interface_gone_and_back() { # while another port forwards
	: >"$work/run"
	ip netns exec "$ns" "$hotbus" run --event-log "$work/events" --vdev net_pcap0,iface=p0 --vdev net_null0 --exec "start;
		wait port net_pcap0 gone 60; wait packets 100000 60; wait port net_pcap0 started 60; show port info net_pcap0" \
		>"$work/run" 2>&1 &
	says 'forwarding started' && python3 -c '
import subprocess, sys, time
subprocess.run(["ip", "-n", sys.argv[1], "link", "del", "p0"], check=True)
print(time.monotonic_ns())' "$ns" >"$work/deleted" && says 'net_pcap0: detached' && pair
	wait $! && cat "$work/run" && python3 -c '
import json, sys
removal = next(e for e in map(json.loads, open(sys.argv[1])) if e["event"] == "REMOVE")
print("noticed %.1f ms after the command was done" % ((removal["timeNanos"] - int(open(sys.argv[2]).read())) / 1e6))
' "$work/events" "$work/deleted"
}
export -f same_bytes waits listen ours theirs send ours_hears theirs_hears interface_gone_and_back pair
check should_send_a_file_on_an_interface 0 'TX-errors: 0' \
	listen "$work/sent.pcap" p1 ours "net_pcap0,rx_pcap=$work/frames.pcap,tx_iface=p0" 600
check should_have_sent_every_byte 0 '^600 packets' same_bytes "$work/frames.pcap" "$work/sent.pcap"
check should_record_what_arrives_on_an_interface 0 'RX-missed: 0' \
	ours_hears 600 "net_pcap0,rx_iface_in=p0,tx_pcap=$work/in.pcap"
check should_have_recorded_every_byte 0 '^600 packets' same_bytes "$work/frames.pcap" "$work/in.pcap"
check should_hear_what_the_host_sends_too 0 'RX-packets: 1200 ' ours_hears 1200 "net_pcap0,rx_iface=p0,tx_pcap=$work/all.pcap"
if ! command -v dpdk-testpmd >/dev/null || [ "$(nproc)" -lt 2 ]; then
	skip should_send_and_hear_as_testpmd_does "no dpdk-testpmd (apt-get install dpdk), or one CPU"
else
	check should_send_as_testpmd_does 0 'TX-packets: 600 ' \
		listen "$work/theirs.pcap" p1 theirs "net_pcap0,rx_pcap=$work/frames.pcap,tx_iface=p0" \
		"$work/theirs.pcap.sent" 'TX-packets: 600 '
	check should_have_sent_the_same_bytes 0 '^600 packets' same_bytes "$work/theirs.pcap" "$work/sent.pcap"
	check should_hear_as_testpmd_does 0 'RX-packets: 1200 ' \
		theirs_hears 1200 "net_pcap0,rx_iface=p0,tx_pcap=$work/theirs-all.pcap"
	check should_have_heard_the_same_bytes 0 '^1200 packets' same_bytes "$work/theirs-all.pcap" "$work/all.pcap"
	check should_hear_what_arrives_as_testpmd_does 0 'RX-packets: 600 ' \
		theirs_hears 600 "net_pcap0,rx_iface_in=p0,tx_pcap=$work/theirs-in.pcap"
	check should_have_heard_the_same_arrive 0 '^600 packets' same_bytes "$work/theirs-in.pcap" "$work/in.pcap"
fi
check should_be_removed_with_its_interface_and_return_with_it 0 'its files and interfaces are there again' \
	interface_gone_and_back
tail -n 1 "$work/out"

finish
