#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Capture files: ours beside those of tcpdump, editcap, capinfos and scapy, in both directions; what
# becomes of files that are cut, too large for their disk, or gone. Runs against the product as it was
# built. Mounts of a full disk are made in a mount namespace of their own.

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
says() { # waits until the run has said so
	for _ in $(seq 600); do
		! grep -q "$1" "$work/run" || return 0
		sleep 0.1
	done
	return 1
}
gone_and_back() { # the input is cut while another port forwards, and returns
	cp "$work/nano.pcap" "$work/going.pcap"
	"$hotbus" run --vdev net_pcap0,rx_pcap="$work/going.pcap" --vdev net_null0 --exec "start; wait port net_pcap0 gone 60;
		wait packets 100000 60; wait port net_pcap0 started 60; show port info net_pcap0" >"$work/run" 2>&1 &
	says 'forwarding started' && truncate -s 1000 "$work/going.pcap" && says 'net_pcap0: detached' &&
		cp "$work/nano.pcap" "$work/going.pcap"
	wait $! && cat "$work/run"
}
export -f says
export -f gone_and_back
check should_be_removed_with_its_file_and_return_with_it 0 'net_pcap0: its files are there again' gone_and_back

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016  # the inner shell expands them
	check should_tell_that_the_disk_is_full 0 'ENOSPC.*frames are dropped until there is room' \
		unshare -m bash -c 'mkdir -p $work/small && mount -t tmpfs -o size=200k none $work/small &&
			forward 600 net_pcap0,rx_pcap=$work/nano.pcap net_pcap1,tx_pcap=$work/small/out.pcap &&
			tcpdump -r $work/small/out.pcap 2>&1 >/dev/null | grep -c truncated | grep -qx 0'
else
	skip should_tell_that_the_disk_is_full "no mount namespace of one's own here"
fi

finish
