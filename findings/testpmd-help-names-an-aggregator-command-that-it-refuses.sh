#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# dpdk-testpmd 22.11.11 (Debian 12, dpdk-dev 22.11.11-0+deb12u1): `help all` names a command for the aggregator of a bond in mode 4,
# `set bonding mode IEEE802.3AD aggregator policy (port_id) (agg_name)`, that the program refuses with "Bad arguments". The command that it
# takes, `set bonding agg_mode (port_id) (agg_name)`, is not in its help.
#
# What helps: `set bonding agg_mode 1 count` (or `bandwidth`, `stable`).
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
(sleep 1 && printf 'help all\ncreate bonded device 4 0\nset bonding mode IEEE802.3AD aggregator policy 1 count\nshow bonding config 1\n' &&
	printf 'set bonding agg_mode 1 count\nshow bonding config 1\nquit\n') | testpmd >said || { cat said; exit 1; }

grep -A 99 'testpmd> create' said
grep -q '^set bonding mode IEEE802.3AD aggregator policy (port_id) (agg_name)' said
if grep -q '^set bonding agg_mode' said; then exit 1; fi
[ "$(grep -c '^Bad arguments' said)" = 1 ]
[ "$(grep 'IEEE802.3AD Aggregator Mode' said | tr -s '\t ' ' ' | tr '\n' ,)" = ' IEEE802.3AD Aggregator Mode: stable, IEEE802.3AD Aggregator Mode: count,' ]
echo 'as described'
