#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The JDK's Flight Recorder: a recording shows a removal with its steps; a bundle that is replaced again and again
# leaves no class loader. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
[ -x "$java/bin/jfr" ] && [ -x "$java/bin/jcmd" ] || { skip jfr "$java has no jfr and jcmd"; exit 0; }
jcmd() { "$java/bin/jcmd" "${children[0]}" "$@"; }
# print EVENT: its events in the recording, each in a line of its own.
print() { "$java/bin/jfr" print --events "$1" "$work/hotbus.jfr" | tr -s ' \n' ' ' | sed 's/ hotbus\./\nhotbus./g'; }
export -f print
export java

mkfifo "$work/in"
"$hotbus" shell --no-telemetry --in-memory --auto-start --vdev net_null0 --vdev net_sim0,loopback=1,uevent_ms=10000 \
	<"$work/in" >"$work/log" 2>&1 &
children+=($!)
exec 5>"$work/in"
await "$work/log" 'forwarding started' || exit 1

check should_start_without_the_recorder 0 '^0$' bash -c "'$java/bin/jcmd' ${children[0]} VM.class_hierarchy -s jdk.jfr.Event | grep -c io.hotbus.jfr || true"
jcmd JFR.start name=jdk settings=default >"$work/jcmd" 2>&1
jcmd JFR.start name=hotbus settings=launcher/etc/hotbus.jfc >>"$work/jcmd" 2>&1
printf '%s\n' 'device yank net_sim0' 'wait removal net_sim0' 'device plug net_sim0' 'wait port net_sim0 started' \
	'bundle update io.hotbus.net.pcap' 'show config cores' >&5
await "$work/log" 'List of forwarding lcores' || exit 1
jcmd JFR.dump name=hotbus filename="$work/hotbus.jfr" >>"$work/jcmd" 2>&1
jcmd JFR.dump name=jdk filename="$work/jdk.jfr" >>"$work/jcmd" 2>&1
"$java/bin/jfr" summary "$work/hotbus.jfr" >"$work/summary" 2>&1
for event in Fault Removal Attach Probe DeviceStep Bundle; do
	check "jfr_summary_should_count_$event" 0 "^ hotbus.$event +[1-9]" cat "$work/summary"
done
check jfr_print_should_show_the_fault 0 'window = "net_sim0 BAR.* repair = [0-9.]+ [mun]s' print hotbus.Fault
check jfr_print_should_show_the_removal 0 'device = "net_sim0" cause = "SIGBUS" attached = true' print hotbus.Removal
for step in REPAIR HOT_UNPLUG FORWARD_STOP PORT_STOP PORT_CLOSE REMOVE DETACH PORT_CONFIGURE PORT_START FORWARD_START; do
	check "jfr_print_should_show_$step" 0 "step = \"$step\" bus = \"vdev\" name = \"net_sim0\" by = .* took = [0-9.]+ [mnu]s" print hotbus.DeviceStep
done
check jfr_print_should_show_the_new_probe 0 'step = "PROBE" bus = "vdev" name = "net_sim0"' print hotbus.Probe
check jfr_print_should_show_a_bundle 0 'step = "BUNDLE_UPDATE" bus = "" name = "io.hotbus.net.pcap' print hotbus.Bundle
check should_not_fail_in_a_bundle 0 '^0$' bash -c "grep -cE 'NoClassDefFound|ERROR' '$work/log' || true"

loaders() { # class loaders of bundles that are reachable
	"$java/bin/jcmd" "$1" GC.class_histogram | awk '/BundleWiringImpl\$BundleClassLoader/ { n += $2 } END { print n + 0 }'
}
before=$(loaders "${children[0]}")
for _ in {1..200}; do echo 'bundle update io.hotbus.jfr'; done >&5
printf '%s\n' 'device yank net_sim0' 'wait removal net_sim0' 'show port info 4711' >&5
await "$work/log" "4711" || exit 1
after=$(loaders "${children[0]}")
check should_leave_no_class_loader_after_200_updates 0 '^yes' bash -c "[ $before -gt 20 ] && [ $((after - before)) -le 5 ] && echo yes || echo $before, then $after"
jcmd JFR.dump name=hotbus filename="$work/hotbus.jfr" >>"$work/jcmd" 2>&1
check should_still_record 0 '^2$' bash -c 'print hotbus.Removal | grep -c "attached = true"'
check should_have_failed_nowhere 0 '^0$' bash -c "grep -cE 'NoClassDefFound|ERROR' '$work/log' || true"
echo quit >&5
wait "${children[0]}"
finish
