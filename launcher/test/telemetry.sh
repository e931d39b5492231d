#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Telemetry: DPDK's own dpdk-telemetry.py and collectd as clients, and dpdk-testpmd's answers beside ours; then clients
# that mean no good, while packets are forwarded. Runs against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh
# shellcheck source=launcher/test/peer.sh
. launcher/test/peer.sh

needs telemetry dpdk-testpmd dpdk-telemetry.py

# In a place of their own.
export RUNTIME_DIRECTORY=$work/run
mkdir -m 700 "$RUNTIME_DIRECTORY"

ask() { printf '%s\n' "$1" | dpdk-telemetry.py -f "${@:2}"; }
begin() { # begin NAME FD [OPTION...]: a shell of ours whose commands are written to descriptor FD
	mkfifo "$work/$1.in"
	"$hotbus" shell "${@:3}" <"$work/$1.in" >"$work/$1" 2>&1 &
	children+=($!)
	eval "exec $2>'$work/$1.in'"
	await "$work/$1" 'forwarding started' || exit 1
}
export -f ask

begin first 5 --file-prefix ours --in-memory --auto-start --vdev net_null0 --vdev net_null1 \
	--vdev net_sim0,loopback=1,uevent_ms=50
first=${children[0]}
echo 'wait packets 10000' >&5
await "$work/first" 'packets were forwarded' || exit 1
check should_be_for_its_owner_alone 0 '^700 700$' \
	bash -c "echo \$(stat -c %a $RUNTIME_DIRECTORY/dpdk $RUNTIME_DIRECTORY/dpdk/ours)"
check should_be_found_by_its_client 0 'dpdk_telemetry.v2  # Connect with' dpdk-telemetry.py --list
check should_tell_the_client_who_it_is 0 "\"version\": \"hotbus [0-9.]+\", \"pid\": $first, \"max_output_len\": 16384" ask /info ours
check should_tell_of_the_command_line 0 '"hotbus", "--file-prefix", "ours", "--in-memory", "--vdev", "net_null0"' ask /eal/params ours
check should_tell_of_ports 0 '"/ethdev/list": .0, 1, 2.' ask /ethdev/list ours
check should_tell_of_what_is_forwarded 0 '"ipackets": [1-9][0-9]{3,}, "opackets": [1-9][0-9]{3,}' ask /ethdev/stats,0 ours
check should_tell_how_busy_an_lcore_is 0 '"busy_cycles": .[1-9][0-9]+., "usage_ratio": ."[0-9.]+%"' ask /eal/lcore/usage ours
check should_tell_it_of_one_lcore 0 '"total_cycles": [1-9][0-9]+, "busy_cycles": [1-9][0-9]+, "usage_ratio": "[0-9.]+%"' \
	bash -c "ask /eal/lcore/info,\$(ask /eal/lcore/list ours | grep -oE '[0-9]+' | tail -1) ours"
check should_tell_of_devices 0 '"net_sim0": .*"state": "PROBED"' ask /hotbus/devices ours

mkfifo "$work/dpdk.in"
dpdk-testpmd -l 0,1 --no-huge -m 128 --no-pci --file-prefix dpdk --vdev=net_null0 --vdev=net_null1 \
	-- -i --total-num-mbufs 2048 <"$work/dpdk.in" >"$work/dpdk" 2>&1 &
children+=($!)
exec 6>"$work/dpdk.in"
await "$work/dpdk" 'testpmd>' || exit 1
cat >"$work/compare.py" <<-'END'
	import json, os, socket
	def dial(prefix, name="dpdk_telemetry.v2"):
	    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	    s.settimeout(60)
	    s.connect(os.path.join(os.environ["RUNTIME_DIRECTORY"], "dpdk", prefix, name))
	    return s, json.loads(s.recv(1024))
	def ask(s, request):
	    s.send(request.encode())
	    return json.loads(s.recv(16384))
	def shape(value):
	    if isinstance(value, dict):
	        return {key: shape(of) for key, of in value.items()}
	    return [shape(of) for of in value] if isinstance(value, list) else type(value).__name__
	if __name__ == "__main__":
	    (ours, greeting), (theirs, greeted) = dial("ours"), dial("dpdk")
	    assert shape(greeting) == shape(greeted), (greeting, greeted)
	    same = 0
	    def compare(what, mine, other):
	        global same
	        assert mine == other, (what, mine, other)
	        same += 1
	    def known(s):
	        return set(ask(s, "/")["/"])
	    both = sorted(known(ours) & known(theirs))
	    assert len(both) == 12, both
	    for path in both:
	        compare(path, ask(ours, "/help," + path), ask(theirs, "/help," + path))
	    for request in ["/info", "/ethdev/info,0", "/ethdev/link_status,0", "/ethdev/stats,0", "/ethdev/stats,1,2"]:
	        mine, other = (list(ask(s, request).values())[0] for s in (ours, theirs))
	        compare(request, list(mine), list(other))
	        compare(request, shape(mine), shape(other))
	    # Of these DPDK's are the first, in its order; more of ours may follow.
	    xstats = [list(ask(s, "/ethdev/xstats,0")["/ethdev/xstats"]) for s in (ours, theirs)]
	    compare("xstats", [key for key in xstats[0] if key in xstats[1]], xstats[1])
	    pools = [shape(ask(s, "/mempool/info," + ask(s, "/mempool/list")["/mempool/list"][0])["/mempool/info"])
	             for s in (ours, theirs)]
	    compare("mempool", list(pools[0].items())[:17], list(pools[1].items()))
	    for request in ["/help", "/help,/nope", "/nope", "/nope,1", "x", "/ethdev", "/ ", "/ethdev/stats", "/ethdev/stats,",
	            "/ethdev/stats,x", "/ethdev/stats,-1", "/ethdev/stats,77", "/ethdev/info", "/ethdev/link_status,9", "/ethdev/xstats,",
	            "/mempool/info", "/mempool/info,nope", "/" + "x" * 53, "/" + "x" * 54, "/" + "x" * 55, "/" + "y" * 2000]:
	        compare(request, ask(ours, request), ask(theirs, request))
	    print(same, "are the same")
END
check should_answer_as_dpdk_does 0 '^45 are the same' python3 -B "$work/compare.py"
echo quit >&6

cat >"$work/foe.py" <<-'END'
	import glob, os, socket, sys, time
	from compare import ask, dial
	def forwarded(s):
	    start, before = time.time(), ask(s, "/ethdev/stats,0")["/ethdev/stats"]["ipackets"]
	    time.sleep(1)
	    after = ask(s, "/ethdev/stats,0")["/ethdev/stats"]["ipackets"]
	    return (after - before) / (time.time() - start) / 1e6
	def threads(): # of telemetry; the JVM's own come and go
	    tasks = glob.glob("/proc/" + sys.argv[1] + "/task/*/comm")
	    return sum(open(task).read().startswith("telemetry") for task in tasks if os.path.exists(task))
	os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the last CPU forwards
	friend, greeting = dial("ours")
	alone, threads_before = forwarded(friend), threads()
	assert threads_before > 0
	foes, cut = [], 0
	for i in range(100):
	    foe = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
	    foe.setblocking(False)
	    try:
	        foe.connect(os.path.join(os.environ["RUNTIME_DIRECTORY"], "dpdk", "ours", "dpdk_telemetry.v2"))
	        foes.append(foe)
	    except BlockingIOError:
	        time.sleep(0.01)
	end = time.time() + 5
	answers = []
	while time.time() < end or len(answers) < 3 or cut == 0 and time.time() < end + 60:
	    for foe in list(foes):
	        for request in (b"/", os.urandom(1000), b"/" + b"x" * 150000, b"\xff" * (1 << 20)):
	            try:
	                foe.send(request)
	            except BlockingIOError:
	                break
	            except OSError as e:
	                if e.errno in (32, 104): # it was disconnected
	                    foes.remove(foe)
	                    cut += 1
	                    break
	    if len(answers) < 3:
	        answers.append(forwarded(friend))
	assert min(answers) > 0, answers
	assert cut > 0 and threads() == threads_before, (cut, threads_before, threads())
	for foe in foes:
	    foe.close()
	print("%.1f Mpps alone, %.1f with foes, %d of them disconnected" % (alone, min(answers), cut))
	for tries in range(100):
	    try:
	        print("again", ask(dial("ours")[0], "/ethdev/list")["/ethdev/list"])
	        break
	    except (OSError, ValueError):
	        time.sleep(0.1)
END
check should_serve_a_friend_among_foes 0 '^again .0, 1, 2.' python3 -B "$work/foe.py" "$first"
grep Mpps "$work/out"

if command -v collectd >/dev/null; then
	mkdir "$work/collected"
	cat >"$work/collectd.conf" <<-END
		BaseDir "$work/collected"
		PIDFile "$work/collectd.pid"
		Hostname "host"
		Interval 1
		LoadPlugin csv
		<Plugin csv>
		  DataDir "$work/collected"
		</Plugin>
		LoadPlugin dpdk_telemetry
		<Plugin dpdk_telemetry>
		  ClientSocketPath "$work/collectd.socket"
		  DpdkSocketPath "$RUNTIME_DIRECTORY/dpdk/ours/telemetry"
		</Plugin>
	END
	grown() { # counters of ports 0 and 1 that have grown from one line of collectd's files to the next, and the sum
		cat "$work"/collected/host/dpdk_telemetry-{rx,tx}_good_packets{,.0,.1}/* 2>/dev/null | awk -F, '
			/epoch/ { last = 0; done = 0; next }
			last && $2 > last && !done { grown++; done = 1 }
			{ last = $2 }
			END { print grown+0, "have grown" }'
	}
	collected() {
		local end=$((SECONDS + 60)) daemon
		collectd -f -C "$work/collectd.conf" >/dev/null 2>&1 &
		daemon=$!
		until [ "$(grown)" = '6 have grown' ] || [ $SECONDS -gt $end ]; do sleep 0.2; done
		kill $daemon
		wait $daemon
		grown
	}
	export -f grown collected
	check should_be_read_by_collectd 0 '^6 have grown$' bash -c collected
else
	skip should_be_read_by_collectd "no collectd (apt-get install collectd-core)"
fi

begin second 7 --file-prefix ours --auto-start --vdev net_null0
check should_have_a_name_of_its_own_beside_another_process 0 "\"pid\": ${children[-1]}," ask /info ours -i 1
check should_leave_the_first_its_name 0 "\"pid\": $first," ask /info ours
echo quit >&7

# Others may ask if a setting says so, and then of that process alone.
mkdir -m 755 "$work/etc" "$work/etc2"
echo 'group = daemon' >"$work/etc/io.hotbus.telemetry.cfg"
echo 'group = nogroup7' >"$work/etc2/io.hotbus.telemetry.cfg"
chmod go+x "$work" "$RUNTIME_DIRECTORY"
as_nobody() { setpriv --reuid 65534 --regid 65534 "${@:2}" bash -c "$1" 2>&1; }
export -f as_nobody
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	daemon=$(getent group daemon | cut -d: -f3)
	HOTBUS_ETC=$work/etc begin shared 8 --file-prefix shared --auto-start --vdev net_null0
	check should_answer_a_member_of_the_group 0 "\"pid\": ${children[-1]}," as_nobody 'ask /info shared' --groups "$daemon"
	check should_be_watched_by_a_member_of_the_group 0 '^ +0 net_null0 +started' \
		as_nobody "$hotbus top -b -n 1 -d 0.2 -f shared" --groups "$daemon"
	check should_not_answer_others 0 '^[^{]*$' as_nobody 'ask /info shared; true' --clear-groups
	check should_not_open_what_is_for_its_owner_alone 0 '^[^{]*$' as_nobody 'ask /info ours; true' --groups "$daemon"
	echo quit >&8
else
	skip should_answer_a_member_of_the_group "this is not root, or there is no setpriv"
fi
check should_refuse_a_group_that_there_is_not 0 'no telemetry: group=nogroup7: there is no such group' \
	env HOTBUS_ETC="$work/etc2" $hotbus run --vdev net_null0 --exec 'show port info 0'
check should_keep_silent_when_told_to 0 '^0$' bash -c "$hotbus run --vdev net_null0 --file-prefix quiet --no-telemetry \
	--exec 'show port info 0' >/dev/null 2>&1; ls $RUNTIME_DIRECTORY/dpdk | grep -c quiet || true"
check should_refuse_a_prefix_that_is_no_name 2 "file-prefix a/b: a name without '/'" $hotbus run --file-prefix a/b --vdev net_null0

printf '%s\n' 'device yank net_sim0' 'wait port net_sim0 gone' >&5
await "$work/first" 'net_sim0: detached' || exit 1
check should_tell_of_a_removal 0 '"count": 1, .*"net_sim0", "bus": "vdev", "cause": "[A-Z_]+", .*"detached_ns": [1-9]' \
	ask /hotbus/removals ours
check should_tell_that_the_port_is_gone 0 '"/ethdev/list": .0, 1.' ask /ethdev/list ours
echo quit >&5
wait "$first"
check should_leave_no_socket 0 '^0$' bash -c "ls $RUNTIME_DIRECTORY/dpdk/ours | grep -c telemetry || true"

finish
