#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Process 1 of the guest: executes what the host sends through the virtio-serial port "agent".
#
# A request is a script that ends with a NUL. The answer is a line "STATUS BYTES", then that many
# bytes of output. The host writes no script that blocks; what may block runs in the background.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C.UTF-8

mkdir -p /dev/shm /dev/pts /dev/hugepages
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs -o mode=755 run /run
mount -t devpts pts /dev/pts
mount -t hugetlbfs huge /dev/hugepages
mount -t tracefs trace /sys/kernel/tracing
ip link set lo up

# /run/ports/NAME for each port, as udev would make below /dev/virtio-ports
mkdir /run/ports
for port in /sys/class/virtio-ports/vport*; do
	[ -s "$port/name" ] && ln -s "/dev/${port##*/}" "/run/ports/$(<"$port/name")"
done
dmesg --follow >/run/ports/dmesg 2>&1 </dev/null &

exec 3<>/run/ports/agent
read -r up _ </proc/uptime
answer() { # status, output
	local LC_ALL=C
	printf '%d %d\n%s' "$1" "${#2}" "$2" >&3
}
answer 0 "$up"
while IFS= read -r -d '' -u 3 script; do
	output=$(eval "$script" 2>&1 </dev/null 3>&-)
	answer $? "$output"
done
poweroff -f
