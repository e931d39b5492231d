#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The Debian packages: made twice, looked at by lintian, installed in a copy-on-write view of this machine, run there as
# a service of a systemd of its own, and purged. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

[ "$(id -u)" = 0 ] || { skip packages "not root"; exit 0; }
command -v dh dh_dkms >/dev/null || { skip packages "no debhelper (apt-get install debhelper dh-dkms)"; exit 0; }

# ---- the packages -------------------------------------------------------------------------------

make() { "$hotbus" package -o "$1" && (cd "$1" && sha256sum -- *.deb); }
export -f make
check should_make_three_packages 0 'hotbus_[0-9.]*_[a-z0-9]*\.deb$' make "$work/debs"
[ "$failed" = 0 ] || { finish; exit; }
grep deb "$work/out" | grep -v / >"$work/first"
check should_make_the_same_again 0 'deb$' make "$work/again"
check should_make_the_same_again_byte_by_byte 0 '^3$' bash -c "grep deb '$work/out' | grep -v / | cmp - '$work/first' && wc -l <'$work/first'"
if command -v lintian >/dev/null; then
	check should_please_lintian 0 '^pleased$' bash -c 'lintian --allow-root --fail-on error,warning "$work"/debs/*.deb && echo pleased'
else
	skip should_please_lintian "no lintian (apt-get install lintian)"
fi
unpack() { for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/x"; done; ! grep -rlF "$PWD" "$work/x" && ! grep -rIlF launcher/hotbus "$work/x"/{etc,lib,usr/bin,usr/share/hotbus,usr/share/bash-completion} && echo none; }
export -f unpack
check should_have_no_path_of_this_folder 0 '^none$' unpack
pages() { for page in "$work"/x/usr/share/man/man1/*.gz; do man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null; echo read; done; }
export -f pages
if command -v man >/dev/null; then
	check should_have_manual_pages_without_a_warning 0 'read' bash -c '! pages | grep -v "^read$"; pages | tail -n 1'
fi
export root=$work/x/usr
complete_words() { # complete_words WORD...: what the last word could become
	bash -c '. "$root/share/bash-completion/completions/hotbus"; COMP_WORDS=(hotbus "$@"); COMP_CWORD=$#
		PATH=$work/x/usr/bin:$PATH; compopt() { :; }; _hotbus hotbus; printf "%s " "${COMPREPLY[@]}"' _ "$@"
}
export -f complete_words
check should_complete_commands 0 '^(service shell|shell service) $' complete_words s
check should_complete_options 0 '^(--rxd --rxq|--rxq --rxd) $' complete_words run --rx
check should_complete_drivers 0 '^net_failsafe0 $' complete_words run --vdev net_fa
check should_complete_keys_of_drivers 0 '^net_sim0,loopback= $' complete_words run --vdev net_sim0,lo
check should_complete_engines 0 '^macswap $' complete_words run --forward-mode macs

# ---- installed, under systemd -------------------------------------------------------------------

command -v systemd-nspawn >/dev/null || { skip service "no systemd-nspawn (apt-get install systemd-container)"; finish; exit; }
view=$work/view
machine=hotbus-$$
mkdir "$view" && mount -t tmpfs -o size=1g tmpfs "$view" || { skip service "no tmpfs can be mounted here"; finish; exit; }
ended() {
	# With its first process, all of a container's end; they would outlive systemd-nspawn.
	[ -z "${nspawn:-}" ] || { pkill -KILL -P "$nspawn"; kill -KILL "$nspawn"; wait "$nspawn"; } 2>/dev/null
	umount -l "$view/root/run" "$view/root/tmp" "$view/root" 2>/dev/null
	umount -l "$view"
	rm -rf "$work"
}
trap ended EXIT
mkdir "$view/up" "$view/work" "$view/root"
mount -t overlay -o "lowerdir=/,upperdir=$view/up,workdir=$view/work" overlay "$view/root" ||
	{ skip service "no overlay can be mounted here"; finish; exit; }
# The services of this machine stay off; its repository, temporary files and running processes' folders are out of sight.
mkdir -p "$view/root/debs"
cp "$work"/debs/*.deb "$view/root/debs/"
rm -rf "$view"/root/etc/systemd/system/*.wants "$view"/root/var/log/journal "$view"/root/usr/sbin/policy-rc.d
mount -t tmpfs tmpfs "$view/root/tmp"
mount -t tmpfs tmpfs "$view/root/run" # where /run is no file system of its own, processes of this machine change it meanwhile
printf 'REFUSE=1\n' >"$view/root/etc/machine-id" && : >"$view/root/etc/machine-id"

# As on a machine, with its processes and devices in sight.
installed() {
	unshare -m -p -f bash -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" sh -c "$1"' \
		"$view/root" "$1"
}
export -f installed
export view
check should_install 0 'Setting up hotbus ' installed 'dpkg -i /debs/hotbus_*.deb /debs/hotbus-doc_*.deb'
archived() { stat -c '%U %a %F' "$view/root/var/lib/hotbus/classes.jsa"; }
export -f archived
check should_archive_classes_for_the_jdk 0 '^root 444 regular file$' archived
loaded() { installed 'HOTBUS_JAVA_OPTS=-Xlog:class+load hotbus run --no-telemetry --in-memory --exec "device list"'; }
export -f loaded
check should_start_with_the_archive 0 '\] io[.]hotbus[.]core[.].* source: shared objects file .top.' loaded
rearchived() { rm "$view/root/var/lib/hotbus/classes.jsa"; installed 'dpkg-trigger --by-package=default-jre-headless /usr/lib/jvm && dpkg --triggers-only hotbus' && archived; }
export -f rearchived
check should_archive_them_again_when_a_jdk_changes 0 '^root 444 regular file$' rearchived
check should_run_what_is_installed 0 '^hotbus [0-9.]*$' chroot "$view/root" hotbus --version
check should_refuse_commands_for_sources 2 "'build' works on the sources of hotbus" chroot "$view/root" hotbus build
check should_name_itself_as_it_is_called 2 'see hotbus --help' chroot "$view/root" hotbus nonsense

tun=()
[ ! -c /dev/net/tun ] || tun=(--bind=/dev/net/tun)
systemd-nspawn -q -D "$view/root" --machine="$machine" --register=no --keep-unit --link-journal=no --private-network \
	--capability=all "${tun[@]}" -b systemd.unit=multi-user.target >"$work/boot" 2>&1 </dev/null &
nspawn=$!
inside() { # executes a command under that systemd
	local init
	init=$(pgrep -P "$nspawn" -x systemd) && nsenter -t "$init" -m -u -i -n -p -C -- "$@"
}
until_true() { # until_true SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
property() { inside systemctl show hotbus -P "$1" 2>/dev/null; }
is() { [[ $(property "$1") = $2 ]]; }
status() { until_true 60 is StatusText "$1"; property StatusText; }
journal() { inside journalctl -u hotbus -o cat --no-pager "$@"; }
export -f inside until_true property is status journal
export nspawn
if ! until_true 60 inside systemctl is-active -q multi-user.target hotbus 2>/dev/null; then
	if is ActiveState '*'; then
		check should_be_ready 0 '^active' property ActiveState
		journal
	else
		skip service "systemd does not boot in a container here: $(tail -n 1 "$work/boot")"
	fi
	finish; exit
fi

check should_wait_without_a_device 0 '^no ports$' status 'no ports'
check should_run_as_a_user_of_its_own 0 '^hotbus$' bash -c 'inside ps -o user= -p "$(property MainPID)"'
exposure() { inside systemd-analyze security hotbus --no-pager | sed -n 's/.*exposure level for hotbus.service: \([0-9.]*\).*/\1/p'; }
export -f exposure
check should_be_rated_below_5 0 '^[0-4]\.' exposure

export view
drop_in=$view/root/etc/systemd/system/hotbus.service.d
mkdir -p "$drop_in"
printf '[Service]\nWatchdogSec=6\nRestartSec=100ms\n' >"$drop_in/test.conf"
printf '%s\n' '# two that are wired to each other' '--vdev  net_sim0,peer=net_sim1,uevent_ms=50  ' '--vdev net_sim1' '--tx-first' \
	>"$view/root/etc/hotbus/hotbus.conf"
inside systemctl daemon-reload
check should_be_ready_when_the_ports_are_started 0 '^port 0 net_sim0 started, port 1 net_sim1 started$' \
	bash -c 'inside systemctl restart hotbus && property StatusText'
fields() { inside journalctl -u hotbus -o json --no-pager HOTBUS_DEVICE=net_sim0 | grep -m 1 '"port 0 (net_sim0): started"'; }
export -f fields
check should_log_with_fields 0 '"CODE_LINE":"[0-9]+"' fields
for field in '"HOTBUS_PORT":"0"' '"THREAD":"run"' '"PRIORITY":"6"' '"LOGGER":"io.hotbus.ethdev' '"_TRANSPORT":"journal"'; do
	check "should_log_$(tr -dc 'A-Z_' <<<"$field")" 0 "$field" fields
done

echo 'devargs = net_null7' >"$view/root/etc/hotbus/io.hotbus.device-more.cfg"
check should_follow_the_files_of_a_deployment 0 'port 2 net_null7 started$' status '*net_null7*'
rm "$view/root/etc/hotbus/io.hotbus.device-more.cfg"
check should_follow_them_when_they_go 0 '^port 0 net_sim0 started, port 1 net_sim1 started$' status '*net_sim1 started'

restarted() { # restarted COMMAND...: after it, systemd starts the service anew
	local before
	before=$(property MainPID)
	"$@"
	until_true 30 eval "is Result watchdog || [ \"\$(property MainPID)\" != $before ]"
	until_true 60 eval "is ActiveState active && [ \"\$(property MainPID)\" != $before ] && echo another process"
}
export -f restarted
# A bundle whose task never ends, on a thread `control` that waits for it for ever.
hanging_bundle() {
	mkdir "$work/classes" "$work/META-INF"
	cat >"$work/Hang.java" <<-'JAVA'
		import io.hotbus.eal.thread.ControlThread;
		import org.osgi.framework.BundleContext;
		public class Hang implements org.osgi.framework.BundleActivator {
		    public void start(BundleContext context) {
		        context.getService(context.getServiceReference(ControlThread.class)).execute(this, () -> {
		            while (true) { Thread.onSpinWait(); }
		        });
		    }
		    public void stop(BundleContext context) { }
		}
	JAVA
	"${JAVA_HOME:+$JAVA_HOME/bin/}javac" --release 17 -cp "$(echo launcher/target/export/lib/* launcher/target/export/hotbus/io.hotbus.eal-*.jar | tr ' ' :)" \
		-d "$work/classes" "$work/Hang.java"
	printf '%s\n' 'Bundle-ManifestVersion: 2' 'Bundle-SymbolicName: org.acme.hang' 'Bundle-Activator: Hang' 'Bundle-Version: 1' \
		'Import-Package: org.osgi.framework,io.hotbus.eal.thread' >"$work/manifest"
	"${JAVA_HOME:+$JAVA_HOME/bin/}jar" -cfm "$view/root/var/lib/hotbus/deploy/hang.jar" "$work/manifest" -C "$work/classes" .
}
echo 'listener.deadline.ms = 600000' >"$view/root/etc/hotbus/io.hotbus.core.cfg"
until_true 20 bash -c 'journal | grep -q "io.hotbus.core.*600000"'
watchdogs() { inside journalctl --no-pager -o cat UNIT=hotbus.service | grep -c 'Watchdog timeout'; }
export -f watchdogs hanging_bundle
check should_be_restarted_when_control_hangs 0 '^another process' restarted hanging_bundle
rm -f "$view/root/var/lib/hotbus/deploy/hang.jar" "$view/root/etc/hotbus/io.hotbus.core.cfg"
check should_say_that_the_watchdog_did_it 0 '^[1-9]' watchdogs

upgraded() {
	local before
	before=$(property MainPID)
	inside sh -c 'dpkg -i /debs/hotbus_*.deb' && [ "$(property MainPID)" != "$before" ] && property StatusText
}
export -f upgraded
check should_go_on_with_its_configuration_after_an_upgrade 0 '^port 0 net_sim0 started, port 1' upgraded

inside systemctl stop hotbus
check should_end_in_order 0 '^success$' property Result
check should_detach_devices_at_the_end 0 'net_sim0: detached' journal
echo 'vdev net_null0' >"$view/root/etc/hotbus/hotbus.conf"
inside systemctl start hotbus 2>/dev/null
check should_name_a_wrong_line 0 "etc/hotbus.conf:1: 'vdev net_null0' is not an option" journal
check should_not_try_again_what_is_wrong 0 '^failed$' property ActiveState
check should_be_purged 0 'Purging configuration files for hotbus' inside dpkg --purge hotbus hotbus-doc
left() { (cd "$view/up" && find . -name '*hotbus*' ! -type c -print | grep -v '^./debs/'); inside pgrep -f hotbus.launch; echo checked; }
export -f left
check should_leave_nothing_behind 0 '^checked$' bash -c '[ "$(left)" = checked ] && echo checked || left'

finish
