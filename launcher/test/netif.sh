#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Drivers of network interfaces: the contract tests, in a network namespace; and the whole product. Two hosts, which are
# network namespaces, reach each other through it while interfaces are deleted and added again. Needs root.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

# shellcheck source=launcher/test/check.sh
. launcher/test/check.sh

if [ "$(id -u)" != 0 ]; then
	skip netif 'needs root'
	exit 0
fi

run=hotbus-$$
left=$run-left middle=$run-middle right=$run-right
export left middle right

end() {
	exec 3>&-
	[ -z "${pid:-}" ] || kill "$pid" 2>/dev/null
	wait
	for ns in "$left" "$middle" "$right"; do
		ip netns del "$ns" 2>/dev/null
	done
	rm -rf "$work"
}
trap end EXIT

for ns in "$left" "$middle" "$right"; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
done

link() { # link NAMESPACE NAME PEER ADDRESS: NAME in the namespace of a host, PEER in the middle
	ip -n "$middle" link add "$3" up type veth peer name "$2" netns "$1" &&
		ip -n "$1" addr add "$4/24" dev "$2" && ip -n "$1" link set "$2" up
}
link "$left" l0 l1 10.77.0.1
link "$right" r0 r1 10.77.0.2

# The driver sends and receives on an interface whose peer another driver has.
ip -n "$middle" link add t0 up type veth peer name t1
ip -n "$middle" link set t1 up
ip -n "$middle" link add u0 up type veth peer name u1
ip -n "$middle" link set u1 up
contract() {
	(cd "$work" && ip netns exec "$middle" "${JAVA_HOME:+$JAVA_HOME/bin/}java" -ea -Dtester.dir="$work/report" \
		-Dlogback.configurationFile="$top/bundles/itest/logback.xml" -Ditest.log="$work/contract.log" \
		-Dhotbus.tck.devices="net_af_packet0,iface=t0,qpairs=2 net_af_xdp0,iface=t1 net_tap0 net_pcap0,iface=u0" \
		-jar "$top/bundles/itest/target/contract.jar") || return
	grep -o '<testsuite [^>]*' "$work"/report/TEST-io.hotbus.tck-*.xml
}
top=$PWD
export top
export -f contract
check should_keep_the_contract 0 'tests="[0-9]*".*failures="0"|failures="0".*tests="[0-9]*"' contract
grep -o ' \(tests\|failures\|errors\|skipped\)="[0-9]*"' "$work/out" | tr '\n' ' ' && echo

# A host that answers datagrams; and one that asks until it is answered, for 30 s.
cat >"$work/echo.py" <<'END'
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if sys.argv[1] == "serve":
    s.bind(("", 7007))
    while True:
        data, peer = s.recvfrom(65535)
        s.sendto(data, peer)
s.settimeout(0.2)
end = time.monotonic() + 30
size = int(sys.argv[3])
asked = set() # on a busy machine an answer may come after the next question
while time.monotonic() < end:
    ask = b"%d." % time.monotonic_ns() + bytes(size)
    asked.add(ask)
    s.sendto(ask, (sys.argv[2], 7007))
    try:
        if s.recv(65535) in asked:
            print("answered"); sys.exit(0)
    except OSError:
        pass
sys.exit("no answer from " + sys.argv[2])
END
ip netns exec "$right" python3 "$work/echo.py" serve &
server=$!
ask() { ip netns exec "$left" python3 "$work/echo.py" ask "${1:-10.77.0.2}" "${2:-1000}"; }
export -f ask

# hotbus reads its verbs from this pipe.
mkfifo "$work/verbs"
ip netns exec "$middle" $hotbus shell --event-log "$work/events" --vdev net_af_packet0,iface=l1 \
	--vdev net_af_packet1,iface=r1 <"$work/verbs" >"$work/log" 2>&1 &
pid=$!
exec 3>"$work/verbs"
say() { printf '%s\n' "$@" >&3; }
say 'set promisc all on' start
timeout 120 sh -c "until grep -q 'forwarding' $work/log; do sleep 0.2; done"

# Deletes an interface by netlink, and prints the milliseconds from then to the event REMOVE.
cat >"$work/removal.py" <<'END'
import json, subprocess, sys, time
namespace, name, device, log = sys.argv[1:]
def removals():
    try:
        lines = [json.loads(line) for line in open(log) if line.endswith("\n")]
    except OSError:
        lines = []
    return [e["timeNanos"] for e in lines if e["event"] == "REMOVE" and e.get("device") == device]
before = len(removals())
subprocess.run(["ip", "-n", namespace, "link", "del", name], check=True)
done = time.monotonic_ns()
end = done + 30 * 10**9
while len(removals()) == before and time.monotonic_ns() < end:
    time.sleep(0.001)
if len(removals()) == before:
    sys.exit("no removal of " + device)
after = (removals()[-1] - done) / 1e6
print("noticed %.1f ms after the command was done" % after)
sys.exit(after > 5000)  # a busy machine takes its time
END
removal() { python3 "$work/removal.py" "$middle" "$1" "$2" "$work/events"; }
again() { link "$left" l0 l1 10.77.0.1 && ask; }
flood() { # datagrams as fast as they go, until the file is gone
	ip netns exec "$left" python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while os.path.exists(sys.argv[1]):
    try:
        s.sendto(bytes(500), ("10.77.0.2", 9))
    except OSError:
        pass' "$work/flood"
}
export -f link removal again flood

check should_reach_the_other_host_through_two_ports 0 answered ask
check should_pass_datagrams_of_other_lengths 0 answered ask 10.77.0.2 1
check should_pass_fragments 0 answered ask 10.77.0.2 20000
touch "$work/flood"
flood &
for i in 1 2 3; do
	check "should_notice_removal_$i" 0 'noticed' removal l1 net_af_packet0
	tail -n 1 "$work/out"
	check "should_go_on_when_the_interface_is_back_$i" 0 answered again
done
rm "$work/flood"
moved() {
	ip -n "$middle" link set r1 netns "$right" &&
		timeout 30 sh -c "until grep -q '\"REMOVE\".*net_af_packet1' $work/events; do sleep 0.1; done" &&
		ip -n "$right" link set r1 netns "$middle" && ip -n "$middle" link set r1 up && ask
}
renamed() { ip -n "$middle" link set l1 name x1 && ask; }
tap() {
	ip -n "$middle" addr add 10.77.0.3/24 dev dtap0 || return
	ip netns exec "$middle" python3 "$work/echo.py" serve &
	ask 10.77.0.3
	local code=$?
	kill $!
	return $code
}
export -f moved renamed tap
check should_go_on_after_a_move_to_another_namespace_and_back 0 answered moved
check should_go_on_after_a_rename 0 answered renamed
kill $server

# A tap interface in place of the second one.
say 'device detach net_af_packet1' 'port attach net_tap0' 'wait port net_tap0 started'
timeout 30 sh -c "until ip -n $middle link show dtap0 up 2>/dev/null | grep -q UP; do sleep 0.1; done"
check should_reach_the_stack_at_the_other_end_of_a_tap 0 answered tap
check should_notice_the_removal_of_a_tap 0 'noticed' removal dtap0 net_tap0
tail -n 1 "$work/out"
timeout 30 sh -c "until ip -n $middle link show dtap0 up 2>/dev/null | grep -q UP; do sleep 0.1; done"
check should_make_the_tap_again 0 answered tap
say 'show port stats all' quit
exec 3>&-
wait "$pid"
check should_end_well 0 '^0$' echo $?
pid=
check should_have_lost_no_buffer 0 '^none$' bash -c "! grep -E 'still in use|ERROR' $work/log && echo none"
[ "$failed" = 0 ] || tail -n 60 "$work/log"
finish
