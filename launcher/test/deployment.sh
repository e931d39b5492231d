#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A deployment described by files: the files come, change and go while packets flow, and what did not change is not
# touched; wrong files change nothing; `check` names what is wrong. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

export HOTBUS_ETC=$work/etc
mkdir "$HOTBUS_ETC"
# put FILE LINE...: writes etc/io.hotbus.FILE in one step; without lines: deletes it.
put() {
	local file=$HOTBUS_ETC/io.hotbus.$1
	shift
	if [ $# = 0 ]; then rm "$file"; else printf '%s\n' "$@" >"$work/new" && mv "$work/new" "$file"; fi
}

# ---- check ----------------------------------------------------------------------------------------

put device-a.cfg '# the first' 'devargs = net_sim0,loopback=1' 'mtu = 70000' 'promsic = true'
put device-b.cfg 'devargs = net_nul0'
put device-c.cfg 'devargs = net_failsafe0,dev(net_sim7),dev(net_smi8)'
put device-g.cfg 'devargs = net_sim3,queus=2'
put device-h.cfg 'devargs = net_failsafe1,dev(net_null6,size=big)'
put device-d.cfg 'devargs = net_null3' 'mtu = 1500' 'mtu = 1600'
put 'device~e.cfg' 'devargs = net_null4'
put forwarding.cfg 'forward-mode = macswp' 'lcores = 1023' 'portlist = 0,9'
put service.cfg 'metrics = here'
put device-f.conf 'devargs = net_null5'
put core.cfg 'hugepages = perhaps'
check should_end_with_1_where_files_are_wrong 1 '11 error.s., 3 warning.s.' "$hotbus" check
said() { check "$1" 0 "^$HOTBUS_ETC/io[.]hotbus[.]$2" cat "$work/said"; }
cp "$work/out" "$work/said"
said should_name_file_line_key_value_and_range 'device-a.cfg:3: error: mtu=70000: a number from 68 to 65535 is needed'
said should_suggest_a_key 'device-a.cfg:4: error: promsic: there is no such setting .did you mean promisc'
said should_know_the_drivers "device-b.cfg:1: error: devargs=net_nul0: net_nul0: no vdev driver 'net_nul' .installed: .*net_null"
said should_know_the_drivers_of_devices_in_devargs "device-c.cfg:1: error: .*no vdev driver 'net_smi'"
said should_know_the_devargs_of_drivers \
	"device-g.cfg:1: error: devargs=net_sim3,queus=2: net_sim3: unknown devarg 'queus' .known: .*queues"
said should_know_their_values_in_devargs_too 'device-h.cfg:1: error: .*net_null6: size=big: a number from'
said should_name_a_key_that_is_given_twice 'device-d.cfg:3: error: mtu is given twice'
said should_warn_of_a_tilde "device~e.cfg: warning: '~' in the name"
said should_know_the_engines 'forwarding.cfg:1: error: forward-mode=macswp: there is no such engine .there are: .*macswap'
said should_know_the_cpus 'forwarding.cfg:2: error: lcores: CPU 1023 is not available'
said should_warn_of_a_port_that_no_file_describes 'forwarding.cfg:3: warning: portlist: no file describes port 9'
said should_check_options_of_every_command 'service.cfg:1: error: metrics=here: a port from 1 to 65535'
said should_warn_of_a_file_that_is_not_read 'device-f.conf: warning: is not read'
said should_check_settings_of_other_bundles 'core.cfg:1: error: hugepages=perhaps: true or false is needed'
rm "$HOTBUS_ETC"/io.hotbus.service.cfg
put forwarding.cfg 'burst = many'
check should_not_start_with_a_wrong_file_of_forwarding 2 'io.hotbus.forwarding.cfg:1: burst=many: a number from 0 to 512' "$hotbus" run
put forwarding.cfg '# two' 'forward-mode = macswp'
check should_name_file_and_line_of_an_engine_that_is_not_there 2 \
	'io.hotbus.forwarding.cfg:2: forward-mode=macswp: there is no such engine .there are: .*macswap' "$hotbus" run
check should_let_the_command_line_count 0 'io packet forwarding' "$hotbus" run --forward-mode io --vdev net_null0 --exec 'start; stop'
put forwarding.cfg 'lcores = 1023'
check should_name_file_and_line_of_a_cpu_that_is_not_there 2 'io.hotbus.forwarding.cfg:1: lcores: CPU 1023 is not available' "$hotbus" run
rm "$HOTBUS_ETC"/*
check should_refuse_a_folder_that_is_none 2 "'$work/none' is no folder" "$hotbus" check "$work/none"

# ---- a deployment runs ----------------------------------------------------------------------------

put forwarding.cfg 'tx-first = 1' 'stats-period = 600' 'auto-start = true' 'burst = 32'
put device-b.cfg 'devargs = net_sim1'
put device-a.cfg 'devargs = net_sim0,peer=net_sim1'
put device-c.cfg 'devargs = net_sim2,loopback=1' 'mtu = 2000'
check should_find_nothing_wrong_in_the_examples 0 '5 configuration.s., 0 error.s., 0 warning.s.' "$hotbus" check docs/deployment
mkfifo "$work/typed"
"$hotbus" shell --no-telemetry <"$work/typed" >"$work/log" 2>&1 &
pid=$!
exec 7>"$work/typed"
seen=0
mark() { seen=$(wc -l <"$work/log"); }
# comes NAME PATTERN: a line that was not there at the mark.
comes() {
	local end=$((SECONDS + 60))
	until tail -n "+$((seen + 1))" "$work/log" | grep -E -- "$2" >/dev/null; do
		if [ $SECONDS -ge $end ] || ! kill -0 $pid; then break; fi
		sleep 0.1
	done
	check "$1" 0 "$2" tail -n "+$((seen + 1))" "$work/log"
}
# verb NAME PATTERN VERB: what the verb answers.
verb() {
	mark
	printf '%s\n' "$3" 'show config cores' >&7
	comes "$1" "$2"
}
# quiet NAME PATTERN: no such line since the mark.
quiet() { check "$1" 0 '^nothing' bash -c "tail -n +$((seen + 1)) '$work/log' | grep -E -- '$2' || echo nothing"; }
# A loopback port loses no packet: what was sent is what was received, and the burst of the beginning; more each time.
whole() {
	mark
	echo 'stop' >&7
	echo 'show port stats net_sim2 --json' >&7
	echo 'start' >&7
	comes "$1" 'forwarding started'
	check "$1" 0 '^32 packets go round' python3 "$work/whole.py" "$work/log" "$seen"
}
cat >"$work/whole.py" <<-'END'
	import re, sys
	text = "".join(open(sys.argv[1]).readlines()[int(sys.argv[2]):])
	value = lambda name: int(re.findall(r'"' + name + r'" : (\d+)', text)[-1])
	lost = value("missed") + value("rxErrors") + value("txErrors")
	print(value("txPackets") - value("rxPackets") - lost, "packets go round, after", value("rxPackets"))
END

comes should_forward_what_files_describe 'forwarding started: io, 3 port.s., 3 stream'
verb should_be_in_step '^net_sim2 +2 +in step ' 'show deployment'
verb should_set_the_port_as_the_file_says 'MTU: 2000' 'show port info 2'

mark
put device-a.cfg 'devargs = net_sim0,peer=net_sim1' 'mtu = 1800'
comes should_restart_the_port_that_changed 'port 0 .net_sim0.: set as .*device-a.cfg says now'
quiet should_not_touch_its_neighbours 'port [12] .*(stopped|started)'
whole should_lose_no_packet_of_a_neighbour

mark
put device-c2.cfg 'devargs = net_failsafe0,dev(net_null0,size=128)'
put device-d.cfg 'devargs = net_null0,size=128'
comes should_attach_what_is_added 'port 3 .net_failsafe0.: forwarding'
mark
put device-c2.cfg
comes should_detach_what_is_deleted 'net_failsafe0: no longer wanted'
comes should_attach_what_it_stood_on_as_its_own_file_says 'port 3 .net_null0.: forwarding'
mark
put device-d.cfg
comes should_detach_that_too 'net_null0: no longer wanted'
quiet should_not_touch_others 'port [012] .*(stopped|started)'

mark
put device-a.cfg 'devargs = net_sim0,peer=net_sim1' 'mtu = 180000'
comes should_tell_what_is_wrong 'ERROR .*io.hotbus.device-a.cfg:2: mtu=180000: a number from 68 to 65535 is needed .what was before stays'
verb should_stay_as_it_was 'MTU: 1800' 'show port info 0'
mark
put device-a.cfg 'devargs = net_sim0,peer=net_sim1' 'mtu = 60000'
comes should_tell_what_the_device_refuses 'ERROR .*device-a.cfg: .*mtu=60000: from 68 to [0-9]+ is possible'
quiet should_not_stop_a_port_for_what_it_refuses 'stopped'
mark
put forwarding.cfg 'forward-mode = macswp'
comes should_tell_of_an_engine_that_is_not_there 'ERROR .*forwarding.cfg:1: forward-mode=macswp: there is no such engine'
quiet should_go_on_forwarding 'forwarding stopped'
mark
put forwarding.cfg 'forward-mode = macswap' 'burst = 32'
comes should_start_again_with_another_engine 'forwarding started: macswap, 3 port'

mark
echo 'set promisc net_sim2 on' >&7
put device-a.cfg 'devargs = net_sim0,peer=net_sim1' 'mtu = 1700'
comes should_follow_the_file_of_another 'port 0 .net_sim0.: set as'
verb should_keep_what_a_verb_did 'Promiscuous mode: enabled' 'show port info 2'
mark
printf '%s\n' 'device yank net_sim0' 'wait port net_sim0 gone' 'show deployment' >&7
comes should_wait_for_what_was_pulled_out 'net_sim0 +- +waiting'
put device-a.cfg 'devargs = net_sim0,peer=net_sim1' 'mtu = 1600'
comes should_try_to_attach_it_as_its_file_says_now 'WARN .*net_sim0: .*device-a.cfg is tried again'
printf '%s\n' 'device plug net_sim0' 'wait port net_sim0 started' >&7
comes should_take_it_back 'Port net_sim0 is started'
verb should_keep_to_the_file_that_changed_meanwhile 'MTU: 1600' 'show port info net_sim0'
mark
printf '%s\n' 'bundle update io.hotbus.net.sim' 'wait port net_sim2 started' >&7
comes should_outlive_an_update_of_the_driver 'Port net_sim2 is started'
verb should_be_in_step_after_it '^net_sim2 +2 +in step ' 'show deployment'
mark
echo 'quit' >&7
exec 7>&-
wait $pid
check should_end_in_order 0 'net_sim2: detached' cat "$work/log"

# ---- and the command line -------------------------------------------------------------------------

check should_add_the_command_line 0 'net_null1.*PROBED' \
	"$hotbus" run --vdev net_null1 --vdev net_sim2 --exec 'device list; show deployment'
check should_let_a_device_of_the_command_line_count 0 'net_sim2 is on the command line, which counts' cat "$work/out"

# ---- as a service does ----------------------------------------------------------------------------

port=$(free_port)
put service.cfg "metrics = $port" 'no-telemetry = true'
"$hotbus" run >"$work/log" 2>&1 &
pid=$!
seen=0
comes should_forward_without_a_device_on_the_command_line 'forwarding started: macswap, 3 port'
check should_take_options_of_every_command_from_a_file 0 '^hotbus_port_' \
	python3 -c "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:$port/metrics').read().decode())"
mark
put service.cfg
comes should_tell_what_counts_at_the_next_start 'WARN .*io.hotbus.service has changed: of no effect until'
kill -TERM $pid
wait $pid
check should_end_as_told 0 '^143$' echo $?

finish
