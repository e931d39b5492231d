#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash disable=SC2013
# The first process, in the initramfs: puts the guest's root together and hands over to agent.sh.
# The root is a tmpfs; /usr is the host's, read-only, with a tmpfs above it so that the guest may
# write without the host noticing.
PATH=/bin
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t sysfs sysfs /sys

give_up() {
	echo "rig: boot failed: $*"
	poweroff -f
	exit 1
}

for module in /modules/*.ko; do
	insmod "$module" || echo "rig: $module cannot be loaded"
done

share() { # tag, folder; read-only
	mkdir -p "$2"
	for disk in /sys/block/vd*; do
		if [ "$(cat "$disk/serial" 2>/dev/null)" = "$1" ]; then
			mount -t ext4 -o ro "/dev/${disk##*/}" "$2" || give_up "no disk $1"
			return
		fi
	done
	mount -t 9p -o ro,cache=loose,trans=virtio,version=9p2000.L,msize=512000 "$1" "$2" ||
		give_up "no share $1"
}

root=/root
mount -t tmpfs -o mode=755 root $root
for folder in dev etc mnt proc root run sys tmp var/log var/tmp; do
	mkdir -p $root/$folder
done
for link in bin sbin lib lib64; do
	ln -s usr/$link $root/$link
done
ln -s ../run $root/var/run

share usr /shared-usr
mkdir -p /written $root/usr
mount -t tmpfs written /written
mkdir -p /written/upper /written/work
mount -t overlay -o lowerdir=/shared-usr,upperdir=/written/upper,workdir=/written/work \
	overlay $root/usr || give_up "no overlay on /usr"
share modules $root/usr/lib/modules
share box $root/mnt/box
# Further shares: rig.shares=TAG:FOLDER,TAG:FOLDER on the kernel's command line.
for word in $(cat /proc/cmdline); do
	case $word in
	rig.shares=*)
		for pair in $(echo "${word#*=}" | tr , ' '); do
			share "${pair%%:*}" "$root${pair#*:}"
		done
		;;
	esac
done
cp -a $root/mnt/box/etc/. $root/etc/

for mounted in dev proc sys; do
	mount -o move /$mounted $root/$mounted
done
exec switch_root $root /bin/bash /mnt/box/agent.sh
