#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A stranger's afternoon: a bus and a poll-mode driver are written from our templates, built outside of
# this tree, held against the contract, dropped into a running instance, pulled out, replaced and taken
# away, while other ports forward. What is printed is what the stranger types and sees. Exit code 1, and
# what was expected, at the first thing that is otherwise.

set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD hotbus=$PWD/launcher/hotbus
work=$(mktemp -d)
log=$work/log         # what the instance prints and logs
events=$work/events   # and of devices, a line each
faults=0              # how many of these were faults
deploy=$work/deploy
export HOTBUS_STATE_DIR=$work/state
instance=
here=0                # how many lines the log had when something was done last

# ---- what the stranger does and sees ----------------------------------------------------------

finish() {
	local code=$?
	[ -z "$instance" ] || { kill "$instance" && wait "$instance"; } 2>/dev/null || true
	rm -rf "$work"
	exit $code
}
trap finish EXIT

fail() {
	printf 'FAIL: %s\n' "$*"
	[ ! -e "$log" ] || { echo '--- the end of the log:'; tail -n 40 "$log"; }
	exit 1
}

say() { printf '\n# %s\n' "$*"; }

typed() { printf '$ %s\n' "$*"; }

# Types a command into the shell of the instance. What is awaited next comes of it.
shell() {
	printf 'hotbus> %s\n' "$*"
	here=$(wc -l <"$log")
	printf '%s\n' "$*" >&3
}

millis() { date +%s%3N; }

# The first line of the log after line $1 that matches $2: when it was logged, and what from the match on.
line_after() {
	from=$1 pattern=$2 awk 'NR > ENVIRON["from"] && match($0, ENVIRON["pattern"]) {
		text = substr($0, RSTART)
		if (match($0, /[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9][0-9][0-9]/)) printf "%s ", substr($0, RSTART, RLENGTH)
		print text; exit }' "$log"
}

# seen PATTERN [SECONDS]: waits for a line that has come of what was done last, and prints it.
seen() {
	local pattern=$1 deadline=$(($(millis) + ${2:-60} * 1000)) line
	while line=$(line_after "$here" "$pattern") && [ -z "$line" ]; do
		kill -0 "$instance" 2>/dev/null || fail "the instance has ended before: $pattern"
		[ "$(millis)" -lt "$deadline" ] || fail "not seen within ${2:-60} s: $pattern"
		sleep 0.02
	done
	stamp=${line%% *}
	printf '    %s\n' "$line"
}

# repaired DEVICE: waits for the fault that came of pulling it out, and prints it.
repaired() {
	local device=$1 deadline=$(($(millis) + 60000)) fault
	faults=$((faults + 1))
	while fault=$(awk -v n="$faults" '/"event":"FAULT"/ && ++i == n' "$events") && [ -z "$fault" ]; do
		[ "$(millis)" -lt "$deadline" ] || fail "no fault of $device was repaired within 60 s"
		sleep 0.02
	done
	[[ $fault == *"\"$device\""* ]] || fail "a fault of another device: $fault"
	[[ $fault =~ \"repairNanos\":([0-9]+) ]] || fail "what is this: $fault"
	printf '    SIGBUS in a window of %s, repaired in %s us\n' "$device" $((BASH_REMATCH[1] / 1000))
	seen "$device: gone \\(noticed by"
}

# The milliseconds from $1 until the line that was seen last, by its own time of day.
until_seen() {
	local ms=$(($(date -d "$stamp" +%s%3N) - $1))
	[ "$ms" -ge -1000 ] || ms=$((ms + 86400000)) # past midnight
	printf '%s ms' "$ms"
}

# drop PROJECT: as an operator does: under another name first, then renamed into place.
drop() {
	local jar
	jar=$(echo "$work/$1"/target/*.jar)
	typed "cp $1/target/${jar##*/} deploy/"
	cp "$jar" "$deploy/.new"
	here=$(wc -l <"$log")
	dropped=$(millis)
	mv "$deploy/.new" "$deploy/${jar##*/}"
}

withdraw() {
	local jar
	jar=$(basename "$(echo "$work/$1"/target/*.jar)")
	typed "rm deploy/$jar"
	here=$(wc -l <"$log")
	dropped=$(millis)
	rm "$deploy/$jar"
}

# ---- checks -----------------------------------------------------------------------------------

# The number NAME (RX-packets) of a port, as `show port stats` has it.
counter() {
	local port=$1 name=$2 from deadline=$(($(millis) + 60000)) line
	from=$(wc -l <"$log")
	printf 'show port stats %s\n' "$port" >&3
	while line=$(line_after "$from" "$name:") && [ -z "$line" ]; do
		[ "$(millis)" -lt "$deadline" ] || fail "show port stats $port says nothing"
		sleep 0.02
	done
	sed -E "s/.*$name: *([0-9]+).*/\1/" <<<"$line"
}

# That the simulated NICs next door have forwarded on since the last time.
others_went_on() {
	received_more net_sim1 "$forwarded"
	forwarded=$now
}

# received_more PORT COUNT: waits until the port has received more than that; how many it has is in $now.
received_more() {
	local deadline=$(($(millis) + 60000))
	while now=$(counter "$1" RX-packets) && [ "$now" -le "$2" ]; do
		[ "$(millis)" -lt "$deadline" ] || fail "$1 has received nothing since: $2, $now"
	done
}

# A local repository for Maven that shares all but ours with the user's: what was just built is what
# is built against, and no copy of it stays behind.
local_repository() {
	mkdir -p "$work/m2/io"
	ln -s ~/.m2/repository/* "$work/m2/" 2>/dev/null || true
	ln -s ~/.m2/repository/io/* "$work/m2/io/" 2>/dev/null || true
	rm -f "$work/m2/io/hotbus"
}

# mvn GOAL... in the folder of a project; offline if all it needs is there.
build() {
	local project=$1 options=(-q -B "-Dmaven.repo.local=$work/m2" -Daether.offline.protocols=file)
	shift
	(cd "$work/$project" && { mvn -o "${options[@]}" "$@" || mvn "${options[@]}" "$@"; }) >"$work/$project.mvn" 2>&1 ||
		{ cat "$work/$project.mvn"; fail "mvn $* in $project"; }
}

# What became of the contract tests of a project; those that need a port do not apply to a bus.
contract() {
	local suite tests skipped
	suite=$(grep -hm 1 '<testsuite ' "$work/$1"/target/test-reports/tck/*.xml)
	[[ $suite =~ \ tests=\"([0-9]+)\" ]] && tests=${BASH_REMATCH[1]}
	[[ $suite =~ \ skipped=\"([0-9]+)\" ]] && skipped=${BASH_REMATCH[1]}
	printf '    %s: %s tests of the contract passed, %s do not apply\n' "$1" $((tests - skipped)) "$skipped"
}

edit() { # PROJECT FILE
	typed "sed -i 's/first edition/second edition/' $1/$2"
	sed -i 's/first edition/second edition/' "$work/$1/$2"
}

# ---- the afternoon ----------------------------------------------------------------------------

mkdir "$deploy"
local_repository
cd "$work"

say 'A bus and a poll-mode driver to begin with'
typed 'launcher/hotbus new bus acme --dir bus --package org.stranger.bus'
"$hotbus" new bus acme --dir bus --package org.stranger.bus >/dev/null 2>"$work/err" || fail "$(cat "$work/err")"
typed 'launcher/hotbus new pmd acme --dir pmd --package org.stranger.net'
"$hotbus" new pmd acme --dir pmd --package org.stranger.net >/dev/null 2>"$work/err" || fail "$(cat "$work/err")"

say 'Built, and held against the contract'
typed 'cd bus && mvn verify; cd ../pmd && mvn verify'
build bus verify &
building=$!
build pmd verify
wait $building || exit 1
contract bus
contract pmd

say 'Elsewhere, packets go round between two simulated NICs, and will do so all the time'
typed 'HOTBUS_DEPLOY=deploy launcher/hotbus shell --vdev net_sim0,peer=net_sim1 --vdev net_sim1'
mkfifo "$work/keyboard"
# On a busy machine, too, a removal is noticed by an access: it is reported much later.
HOTBUS_JAVA_OPTS=-Dacme.notice.ms=10000 HOTBUS_DEPLOY=$deploy HOTBUS_LOG=INFO "$hotbus" shell --vdev net_sim0,peer=net_sim1 --vdev net_sim1 \
	--event-log "$events" \
	<"$work/keyboard" >"$log" 2>&1 &
instance=$!
exec 3>"$work/keyboard"
here=0
seen 'port 1 \(net_sim1\): started' 120
shell start tx_first
seen 'io packet forwarding - ports='
forwarded=0
others_went_on

say 'The jar of the bus is dropped, and the bus is there'
drop bus
seen 'acme: bus installed'
printf '  = %s after the jar was dropped\n' "$(until_seen "$dropped")"
shell device attach acme0
seen 'acme0: attached, driver acme_beat'
others_went_on

say 'Its card is pulled out: a real SIGBUS, repaired'
shell device yank acme0
repaired acme0
seen 'acme0: reads all-ones after .* first edition'
shell device detach acme0
seen 'acme0: detached'
shell device plug acme0
seen 'acme0: plugged in'
shell device attach acme0
seen 'acme0: attached'
others_went_on

say 'The bus is replaced by its second edition, and the card is pulled out again'
edit bus src/main/java/org/stranger/bus/internal/AcmeBeatDriver.java
typed 'cd bus && mvn package'
build bus package
drop bus
seen 'acme0: card .* second edition'
seen 'acme0: attached, driver acme_beat'
printf '  = %s after the jar was replaced\n' "$(until_seen "$dropped")"
shell device yank acme0
repaired acme0
printf '  = %s from the jar replaced to the first fault handled by the new code\n' "$(until_seen "$dropped")"
seen 'acme0: reads all-ones after .* second edition'
others_went_on

say 'The jar of the driver is dropped, and its port forwards'
drop pmd
seen 'driver net_acme is here, first edition'
shell port attach net_acme0,packets=32
seen 'port 2 \(net_acme0\): forwarding'
printf '  = %s after the jar was dropped\n' "$(until_seen "$dropped")"
others_went_on
received_more net_acme0 0

say 'Its device is pulled out under traffic'
shell device yank net_acme0
repaired net_acme0
seen 'port 2 \(net_acme0\): stopped, closed, detached'
shell device plug net_acme0
seen 'port 2 \(net_acme0\): forwarding'
others_went_on

say 'The driver is replaced by its second edition while its port forwards'
edit pmd src/main/java/org/stranger/net/AcmeDriver.java
typed 'cd pmd && mvn package'
build pmd package
drop pmd
seen 'net_acme0: let go of by the first edition'
seen 'net_acme0: probed by the second edition'
seen 'port 2 \(net_acme0\): forwarding'
printf '  = %s after the jar was replaced\n' "$(until_seen "$dropped")"
shell device yank net_acme0
repaired net_acme0
printf '  = %s from the jar replaced to the first fault handled by the new code\n' "$(until_seen "$dropped")"
seen 'net_acme0: let go of by the second edition'
seen 'port 2 \(net_acme0\): stopped, closed, detached'
shell device plug net_acme0
seen 'port 2 \(net_acme0\): forwarding'
others_went_on

say 'Both jars are taken away, and all is as it was'
withdraw pmd
seen 'net_acme0: has no driver now'
withdraw bus
seen 'acme: bus removed'
others_went_on

say 'Nothing was lost next door: all 64 packets that were sent first are still there'
shell stop
seen 'forwarding stopped'
shell 'clear port stats all'
shell set fwd rxonly
shell start
seen 'rxonly packet forwarding - ports='
still=0 deadline=$(($(millis) + 60000))
while [ "$still" != 64 ]; do
	[ "$still" -lt 64 ] && [ "$(millis)" -lt "$deadline" ] || fail "$still packets are there, of 64"
	still=$(($(counter net_sim0 RX-packets) + $(counter net_sim1 RX-packets)))
done
printf '    %s of 64; %s packets had been received by net_sim1 until then\n' "$still" "$forwarded"

shell quit
exec 3>&-
code=0
wait "$instance" || code=$?
instance=
[ "$code" = 0 ] || fail "the instance ended with exit code $code"
! grep -E '^(hotbus> )?[0-9:.]{12} ERROR|still in use' "$log" || fail 'there are errors in the log'
printf '    exit code 0, no error in the log\n'
