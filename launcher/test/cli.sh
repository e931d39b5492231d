#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What a user types, right and wrong: exit codes and the sentence that says what to do. Runs against
# the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

exec_run() { "$hotbus" run "${@:2}" --exec "$1"; }
export -f exec_run

# answers NAME [OPTION...]: what a shell says to the lines of the standard input, for the next `answered`.
answers() { timeout 300 "$hotbus" shell "${@:2}" >"$work/$1" 2>&1 || echo "FAIL the shell of '$1' ended with $?"; }
# answered NAME TEST PATTERN: one of these answers matches PATTERN.
answered() { check "$2" 0 "$3" cat "$work/$1"; }

check should_print_help 0 'Usage: .*COMMAND' $hotbus --help
check should_print_the_version 0 '^hotbus [0-9]' $hotbus --version
check should_ask_for_a_command 2 'Usage' $hotbus
check should_refuse_an_unknown_command 2 "unknown command 'frobnicate'" $hotbus frobnicate
check should_refuse_help_on_an_unknown_command 2 "unknown command 'nosuch'" $hotbus help nosuch
for command in demo doctor run shell app archive new test bench build; do
	check "should_print_help_of_$command" 0 "Usage: launcher/hotbus $command" $hotbus $command --help
done
check should_say_what_works_on_this_machine 0 '^  ok +sigbus +' $hotbus doctor
check should_say_what_does_not_and_the_cure 1 "'nonsense' is the name of no device" $hotbus doctor -a nonsense -a ffff:1f:00.7
check should_have_looked_at_each_device 0 'there is no PCI function ffff:1f:00.7' cat "$work/out"
check should_refuse_what_doctor_does_not_know 2 "unknown option '--fix'" $hotbus doctor --fix
check should_refuse_an_unknown_option 2 "unknown option '--bogus'" $hotbus demo --bogus
check should_refuse_a_bad_number 2 '--cycles x: a number' $hotbus demo --cycles x
check should_refuse_an_unwritable_report 2 'no/such/folder' $hotbus demo --json "$work/no/such/folder/f.json"
check should_name_installed_drivers 1 "no vdev driver 'net_foo' .*net_null" \
	exec_run 'show port info all' --vdev net_foo0
check should_stop_at_a_failing_command 1 'attach' exec_run 'port bogus; echo not reached' --vdev net_null0
check should_forward_between_null_ports 0 'RX-packets: *[1-9]' \
	exec_run 'start; wait packets 1000; stop; show port stats all' --vdev net_null0 --vdev net_null1
many=$(printf -- '--vdev net_null%d ' {0..63})
check should_forward_between_as_many_ports_as_are_given 0 '^65$' \
	bash -c "exec_run 'start; wait packets 1000000; stop' $many | grep -c 'RX-packets: *[1-9]'"
check should_refuse_the_port_that_would_starve_others 1 '10 device.* may hold up to 10784 .*--total-num-mbufs' \
	exec_run 'start' $(printf -- '--vdev net_sim%d ' {0..9}) --total-num-mbufs 4096
check should_name_the_mbufs_that_lcores_need 1 '500 mbufs: 1 lcore.* may hold 544: .*--total-num-mbufs 1568' \
	exec_run 'start' --vdev net_null0 --total-num-mbufs 500
check should_name_what_a_pool_needs 1 '513 MiB of Java heap are needed, [0-9]+ MiB are left' \
	env HOTBUS_JAVA_OPTS=-Xmx300m bash -c 'exec_run start --vdev net_null0 --total-num-mbufs 16000000 --mbuf-size 64'
check should_not_let_the_kernel_kill_it 1 'MiB are needed, [0-9]+ MiB are left of RLIMIT_DATA' \
	bash -c 'ulimit -d 2500000; exec_run start --vdev net_null0 --total-num-mbufs 1000000'
json_figures() { # the same counters as text and as JSON, of ports that are stopped
	exec_run 'start; wait packets 1000; stop; port stop all; show port stats 0; show port stats 0 --json' \
		--vdev net_null0 --vdev net_null1 >"$work/figures" 2>/dev/null || return
	python3 - "$work/figures" <<-'END'
		import json, re, sys
		text, shown = open(sys.argv[1]).read().split("hotbus> show port stats 0 --json\n")
		stats = json.loads(shown)[0]["stats"]
		rx, tx = (int(re.findall(name + r"-packets: (\d+)", text)[-1]) for name in ("RX", "TX"))
		assert rx > 0 and (rx, tx) == (stats["rxPackets"], stats["txPackets"]), (rx, tx, stats)
		print("same figures")
	END
}
export -f json_figures
check should_show_the_figures_of_text_as_json 0 '^same figures' bash -c json_figures
json_verbs='show port info all;show port stats all;show port xstats all;show fwd;show config;device list;pci list;help;bundle list'
json_kinds() { # a line for each verb: what its value is, as python3 reads it
	exec_run "${json_verbs//;/ --json;} --json" --vdev net_null0 2>/dev/null | python3 -c '
import json, re, sys
for verb, value in re.findall(r"^hotbus> (.*) --json\n((?:(?!hotbus>).*\n)*)", sys.stdin.read(), re.M):
    print(verb, type(json.loads(value)).__name__)'
}
export -f json_kinds
export json_verbs
check should_show_json_of_"$(tr ' ;' _, <<<"$json_verbs")" 0 '^9$' bash -c "json_kinds | grep -cE ' (list|dict)$'"

answers words <<-'END'
	port attach net_null0,bogus=1
	port attach net_null0,size=x
	show ports --json
	show --json fwd
	pci bind 0000:ff:1f.7 nosuch
	bundle frob
	warp 9
	strat tx_first
	help set
	port attach 'net_null1;x'
	port attach ffff:ff:1f.7,bind=nosuch
	port attach ffff:ff:1f.7,bind=igb_uio
	pci list
	pci bind eth0 vfio-pci
END
answered words should_name_known_devargs "unknown devarg 'bogus' .*size"
answered words should_name_a_bad_value 'size=x: a number from'
answered words should_refuse_a_wrong_use_with_json "'show ports' is not understood, valid: .*show port info"
answered words should_refuse_json_in_the_middle "'show --json fwd' is not understood"
answered words should_refuse_a_kernel_driver_there_is_not "'pci bind 0000:ff:1f.7 nosuch' is not understood, valid: pci bind ADDRESS"
answered words should_refuse_a_wrong_use_of_bundle "'bundle frob' is not understood, valid: bundle list"
answered words should_refuse_an_unknown_verb "'warp 9' failed: 'warp' is not a verb ..help' lists the verbs"
answered words should_name_the_verb_that_may_be_meant "'strat' is not a verb .did you mean start."
answered words should_help_with_the_forwarding_engines_there_are \
	'set fwd ENGINE +forwarding engine: 5tswap, csum, flowgen, icmpecho, io, mac, macswap, noisy, rxonly, txonly'
answered words should_not_split_inside_quotes "'net_null1;x' is not a device name"
answered words should_refuse_a_binding_it_does_not_know 'bind=nosuch'
answered words should_say_that_a_function_is_not_there 'ffff:ff:1f.7: is not there'
answered words should_refuse_to_bind_what_is_no_address "'eth0' is not a PCI address"
check should_list_pci_functions 0 '^hotbus> pci list' exec_run 'pci list'

answers abilities --vdev net_null0 --vdev net_sim0 <<-'END'
	set promisc 0 on
	set promisc 1 on
	set promisc 1 off
	mac_addr set 1 02:00:00:00:00:99
	port stop 1
	port config mtu 1 60000
	port config mtu 1 9000
	show port info 1
END
answered abilities should_refuse_what_a_driver_cannot_do 'port 0 .net_null0.: promiscuous mode: not supported by net_null'
answered abilities should_know_what_is_always_on 'Promiscuous mode is on'
answered abilities should_refuse_to_turn_it_off 'to turn promiscuous mode off: not supported by net_sim'
answered abilities should_refuse_another_address 'port 1 .net_sim0.: another address of its own: not supported by net_sim'
answered abilities should_refuse_an_mtu 'port 1 .net_sim0.: MTU 60000: 68 to 9710 are possible'
answered abilities should_set_the_mtu_and_show_it 'MTU: 9000'
check should_end_at_quit 0 '^Bye' exec_run 'show config; quit' --vdev net_null0
check should_name_what_follows_quit 1 "'port bogus' follows quit, and was not executed" exec_run 'quit; port bogus'
check should_count_what_rxonly_receives 0 'packets were forwarded' \
	exec_run 'set fwd rxonly; start; wait packets 1000' --vdev net_null0 --vdev net_null1
check should_name_the_forwarding_engines_before_a_device_is_touched 2 'forward-mode foo: .*5tswap, csum, flowgen, icmpecho, io, mac' \
	exec_run 'help' --forward-mode foo --vdev net_null0
check should_not_have_touched_a_device 0 '^0$' bash -c "grep -c 'net_null0: attached' $work/out || true"
check should_name_the_cpus_before_a_device_is_touched 2 '-l: CPU 1000 is not available' exec_run help -l 1000 --vdev net_null0
check should_end_by_sigpipe 0 '^141 0$' bash -c "$hotbus run --vdev net_null0 --stats-period 1 2>/dev/null | head -1 >/dev/null
	echo \${PIPESTATUS[@]}"
check should_take_a_last_line_without_a_line_break 0 'Reattach is off' bash -c "printf 'port bogus\nset reattach off' | $hotbus shell"
check should_survive_a_removal_by_script 0 'net_sim0: attached again' \
	exec_run 'start tx_first; device yank net_sim0; wait port net_sim0 gone; device plug net_sim0;
		wait port net_sim0 started; show port info all' --vdev net_sim0,loopback=1
check should_rehearse_a_removal_before_a_real_device 1 'cleaned up after in [0-9.]+ ms' \
	exec_run 'show port info all' -a ffff:ff:1f.7,bind=igb_uio
check should_rehearse_with_no_device_that_is_wrong 1 'hotbus.rehearsal.device=net_sim63,loopback: .*no removal is rehearsed' \
	env HOTBUS_JAVA_OPTS=-Dhotbus.rehearsal.device=net_sim63,loopback bash -c \
	"exec_run 'show port info all' -a ffff:ff:1f.7,bind=igb_uio"
mkdir "$work/etc" && echo 'block = ff:1f.7 ffff:ff:1f.7' >"$work/etc/io.hotbus.devices.cfg"
echo 'arrival.limit.ms = soon' >"$work/etc/io.hotbus.bus.pci.cfg"
export HOTBUS_ETC=$work/etc
check should_refuse_a_blocked_function 1 'ffff:ff:1f.7: is blocked .block of io.hotbus.devices' \
	exec_run 'port attach ffff:ff:1f.7,bind=igb_uio'
check should_refuse_to_bind_a_blocked_function 1 '0000:ff:1f.7: is blocked' exec_run 'pci bind ff:1f.7 none'
check should_name_a_bad_setting 0 'io.hotbus.bus.pci: arrival.limit.ms=soon: a number' exec_run 'pci list'
echo 'blok = ff:1f.7' >"$work/etc/io.hotbus.devices.cfg"
check should_allow_nothing_by_lists_that_are_wrong 1 'net_null0: no device is allowed: .*blok: there is no such setting' \
	exec_run 'show port info all' --vdev net_null0
unset HOTBUS_ETC
# Both answers of a line, and no word of there being no terminal.
check should_take_commands_from_a_pipe 0 '^Device name: net_null0' bash -c "echo 'show port info 0; pci list; help
	quit' | $hotbus shell --vdev net_null0 >$work/piped 2>&1; ! grep WARNING $work/piped && cat $work/piped"
check should_write_an_event_log 0 '"event":"REMOVE".*net_sim0.*"cause":"' bash -c "$hotbus run --event-log $work/events.json \
	--vdev net_sim0,loopback=1 --exec 'start tx_first; device yank net_sim0; wait port net_sim0 gone' &&
	cat $work/events.json"
check should_refuse_an_unwritable_event_log 2 'no/such/folder' $hotbus run --event-log "$work/no/such/folder/f" --exec help
for words in 'new' 'new frob acme' 'new bus' 'new bus Acme' 'new bus a/b' 'new bus vdev' 'new pmd sim' 'new pmd acme other' \
	'new pmd acme --bogus' 'new pmd acme --dir' 'new pmd acme --package acme' 'new pmd acme --package org.int.acme' \
	'new pmd acme --package java.acme' 'new pmd acme --package io.hotbus.acme'; do
	# shellcheck disable=SC2086  # words
	check "should_refuse_${words// /_}" 2 '^hotbus: new: ' $hotbus $words
done
mkdir "$work/taken" && touch "$work/taken/file"
check should_not_write_over_what_is_there 2 'not empty: name another folder' $hotbus new bus acme --dir "$work/taken"
check should_write_a_bus 0 'mvn verify' $hotbus new bus acme --dir "$work/new bus" --package org.acmecorp.bus
check should_name_the_package_as_told 0 '^package org.acmecorp.bus;' cat "$work/new bus/src/main/java/org/acmecorp/bus/AcmeDriver.java"
check should_list_what_is_measured 0 '^af_xdp +io around a veth pair' $hotbus bench --list
check should_print_help_of_rig 0 'Usage: launcher/hotbus rig' $hotbus rig --help
check should_refuse_an_unknown_scenario 2 "no scenario 'nosuch'" $hotbus rig nosuch
check should_run_a_demo 0 '"survived" *: *1' bash -c "$hotbus demo --cycles 1 --json $work/demo.json && cat $work/demo.json"

libjsig=$(find /usr/lib/jvm -name libjsig.so 2>/dev/null | head -n 1)
mkdir "$work/apps" && cp examples/fwd/target/io.hotbus.example.fwd-*.jar "$work/apps/"
export HOTBUS_DEPLOY=$work/apps
check should_run_the_application_of_a_bundle 2 'two devices are needed.*hotbus app fwd --help' $hotbus app fwd
check should_say_that_a_device_is_wrong 1 "no vdev driver 'net_foo'" $hotbus app fwd --vdev net_foo0 --vdev net_sim1
check should_say_that_no_bundle_has_the_application 1 "no bundle has begun the command 'nosuch'" \
	env HOTBUS_JAVA_OPTS=-Dhotbus.begin.limit.s=5 $hotbus app nosuch
check should_ask_for_an_application 2 'Usage: launcher/hotbus app' $hotbus app
unset HOTBUS_DEPLOY
if [ -n "$libjsig" ]; then
	check should_refuse_libjsig 1 'LD_PRELOAD' env LD_PRELOAD="$libjsig" $hotbus demo --cycles 1
else
	echo "SKIP should_refuse_libjsig: no libjsig.so under /usr/lib/jvm"
fi

# The product as it was built on a machine of another architecture.
copy_product "$work/other"
os_jar=$(echo "$work"/other/launcher/target/export/hotbus/io.hotbus.os-*.jar)
jar=${JAVA_HOME:+$JAVA_HOME/bin/}jar
(mkdir "$work/os" && cd "$work/os" && "$jar" xf "$os_jar" && rm -r native &&
	"$jar" cfm "$os_jar" META-INF/MANIFEST.MF .)
touch "$work/other/launcher/target/built"
check should_end_without_the_native_library 1 'did not start, it lacks MmioMapper' \
	"$work/other/launcher/hotbus" demo --cycles 1

mkdir -p "$work/jdk11/bin" && echo 'JAVA_VERSION="11.0.2"' >"$work/jdk11/release"
printf '#!/bin/sh\n' >"$work/jdk11/bin/java" && chmod +x "$work/jdk11/bin/java"
check should_refuse_an_old_java 3 'Java 11 .* too old: set JAVA_HOME' env JAVA_HOME="$work/jdk11" $hotbus run

# A machine without build tools, and nobody who may install them.
mkdir -p "$work/bin" "$work/copy/launcher"
cp -r launcher/hotbus launcher/lib launcher/help "$work/copy/launcher/"
cp pom.xml "$work/copy/"
for tool in bash dirname readlink find id sed head mkdir flock uname cat touch; do
	ln -s "$(command -v $tool)" "$work/bin/$tool"
done
chmod -R a+rwX "$work"
if [ "$(id -u)" = 0 ]; then
	check should_name_missing_tools 3 'the build needs what this machine lacks: .*maven make gcc' \
		setpriv --reuid=65534 --clear-groups env PATH="$work/bin" "$work/copy/launcher/hotbus" build
else
	check should_name_missing_tools 3 'the build needs what this machine lacks: .*maven make gcc' \
		env PATH="$work/bin" "$work/copy/launcher/hotbus" build
fi

interrupted() { # starts forwarding, interrupts it once it does
	env --default-signal=INT "$hotbus" run --vdev net_null0 --vdev net_null1 >"$work/int" 2>&1 &
	local pid=$!
	timeout 60 sh -c "until grep -q forwarding '$work/int'; do sleep 0.1; done"
	kill -INT $pid
	wait $pid
	local code=$?
	cat "$work/int"
	return $code
}
export -f interrupted
check should_shut_down_in_order_on_interrupt 130 'net_null0: detached' bash -c interrupted

finish
