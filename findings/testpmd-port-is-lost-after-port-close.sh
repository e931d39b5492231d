#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# dpdk-testpmd 22.11.11 (Debian 12, dpdk-dev 22.11.11-0+deb12u1): `port close 0` of a virtual device takes the port's number away
# but leaves the device attached. So the steps of DPDK's own hot-plug test plan (stop, close, `port detach 0`, `port attach`) do not
# get through: `port detach 0` says "Invalid port_id=0", and `port attach net_null0` "Failed to attach device".
#
# What helps: `port detach 0` after `port stop 0`, without `port close 0`; or `device detach net_null0` after the close.
set -euo pipefail
work=$(mktemp -d -p "$HOME") # DPDK loads no plug-in from below a folder that all may write to
trap 'rm -rf "$work"' EXIT
version=22.11.11-0+deb12u1
cd "$work"
program=(dpdk-testpmd)
if [ "$(dpkg-query -W -f '${Version}' dpdk-dev 2>/dev/null)" != "$version" ]; then
	packages=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
		--no-enhances dpdk-dev="$version" | grep -E '^lib(rte|fdt1|jansson4|bsd0|md0|elf1|pcap0|ibverbs1|numa1|dbus-1-3|nl-)' |
		grep -v -- '-dev$' | sort -u)
	# shellcheck disable=SC2086  # a list of words
	apt-get -qq -o APT::Sandbox::User=root download dpdk-dev="$version" $packages
	for package in *.deb; do dpkg-deb -x "$package" root; done
	lib=$(echo "$work"/root/usr/lib/*-linux-gnu)
	export LD_LIBRARY_PATH=$lib
	program=(root/usr/bin/dpdk-testpmd -d "$(echo "$lib"/dpdk/pmds-*)")
fi
testpmd() {
	timeout 60 stdbuf -oL -eL "${program[@]}" --no-huge -m 128 --no-pci -l 0-1 --no-telemetry \
		--file-prefix="finding$$" --vdev net_null0 -- -i --total-num-mbufs=4096 2>&1
}
printf 'port stop 0\nport close 0\nport detach 0\nport attach net_null0\nshow port summary all\nquit\n' | testpmd >closed || { cat closed; exit 1; }
printf 'port stop 0\nport detach 0\nport attach net_null0\nshow port summary all\nquit\n' | testpmd >stopped
printf 'port stop 0\nport close 0\ndevice detach net_null0\nport attach net_null0\nshow port summary all\nquit\n' |
	testpmd >detached

grep -A 99 'port stop' closed
grep -q '^Invalid port_id=0' closed
grep -q 'Failed to attach device' closed
grep -q '^Number of available ports: 0' closed
for helped in stopped detached; do grep -q '^Number of available ports: 1' $helped; done
echo 'as described'
