#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Where and how the product starts: folders that are noexec, full, read-only or another user's, paths and
# locales of every kind, limits, files that are damaged. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

list() { "$hotbus" run --exec 'device list'; }
export -f list
devices='No device .buses: '

# ---- folders ------------------------------------------------------------------------------------

# in_namespace NAME CODE PATTERN MOUNTS COMMAND: with other mounts, which end with it.
in_namespace() {
	if unshare -m true 2>/dev/null; then
		check "$1" "$2" "$3" unshare -m bash -c "$4; $5"
	else
		skip "$1" 'needs root, and mount namespaces'
	fi
}
noexec='mount -t tmpfs -o nodev,noexec,nosuid,mode=0755 tmpfs'
in_namespace should_start_where_run_is_noexec 0 'unpacked into /var/cache/hotbus ./run/hotbus is mounted noexec' \
	"$noexec /run" list
in_namespace should_load_a_library_where_run_is_noexec 0 '1 of 1 removals survived' "$noexec /run" "$hotbus demo --cycles 1"
in_namespace should_start_where_run_is_full 0 '/run/hotbus has less than 16 MiB left' \
	'mount -t tmpfs -o size=8m,mode=0755 tmpfs /run' list
in_namespace should_start_where_run_is_read_only 0 '/run/hotbus cannot be made .Read-only file system' \
	'mount -t tmpfs -o ro,mode=0755 tmpfs /run' list
in_namespace should_start_where_run_is_not_ours 0 '/run/hotbus is not a folder of user root' \
	'mount -t tmpfs -o mode=0755 tmpfs /run; mkdir -m 700 /run/hotbus; chown 65534 /run/hotbus' list
in_namespace should_say_where_nothing_can_be_executed 3 \
	'no folder to load native libraries from: /run/hotbus is mounted noexec.* Set HOTBUS_RUNTIME_DIR to a folder' \
	"mkdir $work/noexec; export TMPDIR=$work/noexec; for d in /run /var/cache /var/tmp /dev/shm \$TMPDIR; do $noexec \$d; done" list
check should_take_the_folder_it_is_told 0 "$devices" env HOTBUS_RUNTIME_DIR="$work/here" bash -c list
check should_have_used_the_folder_it_was_told 0 "^$work/here/" ls -d "$work/here/"*
for folder in relative "$work/a:b" /proc/nowhere /dev/null; do
	check "should_refuse_to_run_from_${folder//[^a-z]/_}" 3 "$folder (is not|cannot be).* Set HOTBUS_RUNTIME_DIR" \
		env HOTBUS_RUNTIME_DIR="$folder" bash -c list
done

if [ "$(id -u)" = 0 ]; then
	nobody=(setpriv '--reuid=65534' '--regid=65534' --clear-groups env -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR)
	mkdir -m 777 "$work/home" && chmod 755 "$work"
	copy_product "$work/product" && chmod -R a+rX "$work/product"
	check should_start_without_a_home 0 "$devices" "${nobody[@]}" -u HOME hotbus="$work/product/launcher/hotbus" bash -c list
	check should_start_in_a_home 0 "$devices" \
		"${nobody[@]}" HOME="$work/home" hotbus="$work/product/launcher/hotbus" bash -c list
	check should_have_used_the_home 0 '^[0-9]+[.]' ls "$work/home/.cache/hotbus"
	check should_start_where_the_home_is_not_ours 0 "/root/.cache/hotbus cannot be made" \
		"${nobody[@]}" HOME=/root hotbus="$work/product/launcher/hotbus" bash -c list
else
	skip should_start_without_a_home 'needs root'
fi

# Instances that share the folder and see only their own processes leave each other's files alone.
two_namespaces() {
	export HOTBUS_RUNTIME_DIR=$work/shared
	unshare -pf --mount-proc "$hotbus" run --stats-period 1 --vdev net_null0 >"$work/first" 2>&1 &
	timeout 60 sh -c "until grep -q RX-packets '$work/first'; do sleep 0.1; done"
	unshare -pf --mount-proc "$hotbus" run --exec 'device list' >/dev/null 2>&1
	echo "left of the first: $(ls -d "$HOTBUS_RUNTIME_DIR"/*/bundles | wc -l)"
	pkill -TERM -P $! java
	wait $!
	"$hotbus" run --exec 'device list' >/dev/null 2>&1
	echo "left in the end: $(ls -d "$HOTBUS_RUNTIME_DIR"/*/bundles | wc -l)"
}
export -f two_namespaces
if unshare -pf --mount-proc true 2>/dev/null; then
	check should_leave_the_files_of_other_pid_namespaces 0 'left of the first: 2' bash -c two_namespaces
	check should_take_away_the_files_of_those_that_have_ended 0 'left in the end: 1' cat "$work/out"
else
	skip should_leave_the_files_of_other_pid_namespaces 'needs root, and PID namespaces'
fi

# ---- paths and locales --------------------------------------------------------------------------

# Signs that URLs escape, and those that separate class paths and the names in jars.
odd=$work/$'a b#c%20d;e&f+g\u00e9!x:y?z\$w\'q'
copy_product "$odd"
echo 'block = net_null0' >"$odd/launcher/etc/io.hotbus.devices.cfg"
export odd
odd() { "$odd/launcher/hotbus" run --exec 'port attach net_null1; port attach net_null0'; }
export -f odd
check should_block_devices_wherever_it_lies 1 'net_null0: is blocked' bash -c odd
check should_attach_others_wherever_it_lies 0 'net_null1. is attached' cat "$work/out"
check should_survive_a_removal_wherever_it_lies 0 '1 of 1 removals survived' "$odd/launcher/hotbus" demo --cycles 1
for locale in ar-EG de-DE tr-TR; do
	check "should_survive_a_removal_in_$locale" 0 'SIGBUS at .* repaired in [0-9]+[.][0-9] us' env \
		HOTBUS_JAVA_OPTS="-Duser.language=${locale%-*} -Duser.country=${locale#*-}" "$hotbus" demo --cycles 1
done

# ---- what is damaged or scarce --------------------------------------------------------------------

damaged() { # NAME PATTERN JAR
	local jar
	jar=$(echo "$work"/product/launcher/target/export/$3)
	[ -d "$work/product" ] || copy_product "$work/product"
	cp "$jar" "$work/whole.jar" && truncate -s 3000 "$jar" && touch "$work/product/launcher/target/built"
	check "$1" 3 "$2" "$work/product/launcher/hotbus" run --exec 'device list'
	cp "$work/whole.jar" "$jar"
}
damaged should_name_a_damaged_bundle '/io[.]hotbus[.]testpmd-.*[.]jar cannot be installed: .* build again' \
	'hotbus/io.hotbus.testpmd-*.jar'
damaged should_name_a_damaged_library '/logback-core-.*[.]jar is damaged: .* build again' 'lib/logback-core-*.jar'
check should_refuse_too_few_descriptors 3 "only 60 open files are allowed .* 'ulimit -Hn'" bash -c 'ulimit -n 60; list'
check should_end_where_the_heap_is_too_small 1 'MiB of Java heap are needed' \
	env HOTBUS_JAVA_OPTS=-Xmx48m "$hotbus" run --total-num-mbufs 4000000 --mbuf-size 64 --vdev net_null0 --exec help
check should_take_another_collector 0 "$devices" env HOTBUS_JAVA_OPTS='-XX:+UseZGC -Xmx48m' bash -c list

mkdir "$work/bin"
for tool in bash id stat uname cat sed head find mkdir dirname basename readlink env; do
	ln -s "$(command -v $tool)" "$work/bin/$tool"
done
check should_say_that_there_is_no_java 3 'no Java is installed here: install a JDK 17' \
	env -u JAVA_HOME PATH="$work/bin" "$hotbus" run
check should_say_that_java_home_is_wrong 3 "JAVA_HOME=$work has no bin/java" env JAVA_HOME="$work" "$hotbus" run

finish
