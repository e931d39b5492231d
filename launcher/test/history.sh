#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# History: removals with their steps are there after kill -9 in the middle of all, and a disk that is full costs nothing
# else. Then the report for a bug tracker. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

export HOTBUS_STATE_DIR=$work/state
file=$work/state/history/history.jsonl
options=(--file-prefix history --no-telemetry --auto-start --vdev net_null0 --vdev 'net_sim0,loopback=1,uevent_ms=10000')
lines=$work/lines

# start LOG FD [COMMAND...]: a shell that reads from the descriptor FD.
start() {
	rm -f "$work/in" && mkfifo "$work/in"
	"${@:3}" "$hotbus" shell "${options[@]}" <"$work/in" >"$1" 2>&1 &
	children+=($!)
	eval "exec $2>'$work/in'"
	await "$1" 'forwarding started' || exit 1
}

printf '%s\n' 'device yank net_sim0' 'wait removal net_sim0' 'device plug net_sim0' 'wait port net_sim0 started' >"$lines"
start "$work/first" 5
cat "$lines" "$lines" "$lines" >&5
await "$work/first" 'attached again' 3 || exit 1
for _ in {1..200}; do cat "$lines"; done >&5 2>/dev/null &
feeder=$!
await "$work/first" 'net_sim0: gone' 8 || exit 1
kill -KILL "${children[0]}"
kill "$feeder" 2>/dev/null
exec 5>&-
wait "${children[0]}" 2>/dev/null
kept() { # how many removals the file has, and how many lines but the last one are no JSON
	python3 - "$1" <<-'END'
		import json, sys
		numbers, bad, lines = set(), 0, open(sys.argv[1]).read().split("\n")
		for line in lines[:-1]:
		    try:
		        numbers.add(json.loads(line).get("removal"))
		    except ValueError:
		        bad += 1
		print(len(numbers - {None}), "removals,", bad, "bad")
	END
}
export -f kept
check should_have_kept_whole_lines 0 '^[0-9]+ removals, 0 bad$' kept "$file"
before=$(cut -d ' ' -f 1 "$work/out")
returned=$(grep -c 'attached again' "$work/first") # the last of them may be on its way to the file
check should_have_kept_every_removal 0 '^kept$' bash -c "(($before >= $returned - 1)) && echo kept"
printf '{"removal":%d,"time":"2026-11' $((before + 1)) >>"$file" # what a crash in the middle of a line leaves
size=$(wc -l <"$file")

start "$work/second" 5
cat "$lines" - >&5 <<-END
	show removals
	show removal 1
	show removal $((before + 1)) --json
	show faults 1
	show removal 4711
	show removals none
END
await "$work/second" "'none': a number" || exit 1
check should_say_which_line_was_lost 0 "WARN .*history.jsonl:$((size + 1)): left out" cat "$work/second"
check should_show_the_removals_of_both 0 "^ +$((before + 1)) .*net_sim0 +SIGBUS +[0-9.]+ +([0-9.]+|-)\$" cat "$work/second"
check should_show_a_removal_step_by_step 0 'removal 1: net_sim0 on bus vdev at .*, noticed by SIGBUS: detached after [0-9.]+ ms, attached again' cat "$work/second"
for step in REPAIR HOT_UNPLUG FORWARD_STOP PORT_STOP PORT_CLOSE REMOVE DETACH PROBE ATTACH PORT_CONFIGURE PORT_START FORWARD_START; do
	check "should_show_the_step_$step" 0 "^ +[0-9.]+ +[0-9.]+ +$step" cat "$work/second"
done
check should_show_the_same_as_json 0 "\"number\" : $((before + 1))" cat "$work/second"
check should_show_faults 0 'net_sim0 BAR[0-9] +[0-9]+ +[0-9.]+$' cat "$work/second"
check should_know_no_other_removal 0 'there is no removal 4711' cat "$work/second"
check should_go_on_beside_a_process_that_has_the_file 0 'kept in memory alone: .*another process has it' \
	"$hotbus" run --file-prefix history --no-telemetry --vdev net_null0 --exec 'show removals'
echo quit >&5
wait "${children[1]}"
check should_have_repaired_the_file 0 "^$((before + 1)) removals, 1 bad\$" kept "$file"

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	full() { # a folder on a disk of 32 KiB
		mkdir -p "$work/full" && mount -t tmpfs -o size=32k none "$work/full" && head -c 28k /dev/zero >"$work/full/rest"
		HOTBUS_STATE_DIR=$work/full exec "$@"
	}
	export -f full
	start "$work/third" 5 unshare -m bash -c 'full "$@"' _
	cat "$lines" "$lines" "$lines" "$lines" >&5
	echo 'show removals' >&5
	await "$work/third" 'attached again' 4 && await "$work/third" '^ +4 .*net_sim0' || exit 1
	check should_say_once_that_the_disk_is_full 0 '^1$' grep -c 'kept in memory alone until it can be written again: .*No space left' "$work/third"
	check should_forward_on_where_the_disk_is_full 0 '^0$' bash -c "grep -v 'No space left' '$work/third' | grep -c ERROR || true"
	echo quit >&5
	wait "${children[2]}"
else
	skip full_disk 'a file system of its own needs root'
fi
check should_keep_no_file_if_told_so 0 '^No removals$' env HOTBUS_STATE_DIR="$work/none" "$hotbus" run --in-memory --vdev net_null0 \
	--exec 'show removals'
check should_have_made_no_folder 2 'No such file' ls "$work/none"

mkdir "$work/etc"
printf '%s\n' 'allow=net_*' 'password=hunter2' 'db.token = hunter2\' '  hunter2' 'url=tcp://me:hunter2@host' >"$work/etc/io.hotbus.devices.cfg"
chmod -R go-w "$work/etc"
printf '%s\n' '# A fatal error' 'Command Line: --web-token=hunter2 x' >"$work/hs_err_pid1.log"
report() { HOTBUS_ETC=$work/etc HOME=$work "$hotbus" report "$@"; }
export -f report
check should_report 0 'has the report: read it' report -o "$work/report"
check should_tell_of_the_last_removal 0 "^removal $((before + 1)): net_sim0 on bus vdev" cat "$work/report"
check should_tell_of_its_steps 0 '^ +[0-9.]+ +[0-9.]+ ms +DETACH +control' cat "$work/report"
check should_tell_of_faults 0 '^fault [0-9]+: net_sim0 BAR[0-9] at .* repaired in [0-9.]+ us$' cat "$work/report"
check should_tell_what_the_doctor_finds 0 'ok +sigbus' cat "$work/report"
check should_tell_of_bundles 0 '^io.hotbus.history-[0-9]' cat "$work/report"
check should_tell_of_a_crash 0 'hs_err_pid1.log' cat "$work/report"
check should_tell_of_settings 0 '^allow=net_' cat "$work/report"
check should_tell_no_secret 0 '^0$' bash -c "grep -c hunter2 '$work/report' || true"
check should_be_for_the_user_alone 0 '^600$' stat -c %a "$work/report"
check should_report_without_java 0 '== removals and faults' env JAVA_HOME="$work" "$hotbus" report
check should_refuse_a_file_that_cannot_be_written 1 'cannot write to' "$hotbus" report -o "$work/no/such"
check should_refuse_an_unknown_option_of_report 2 "unknown option '--all'" "$hotbus" report --all
finish
