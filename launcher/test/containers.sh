#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs hotbus from launcher/target/repository where others are at home: in Apache Karaf from
# features.xml, and in a bare Apache Felix from index.xml. In each, a simulated NIC is pulled out under
# traffic and plugged in again; in Karaf its driver is updated, too. Maven fetches both, once (Karaf:
# 36 MB); Karaf fetches its feature scr each time. All else is written in launcher/target/containers.

set -euo pipefail
cd "$(dirname "$0")/../.."

repository=$PWD/launcher/target/repository
work=$PWD/launcher/target/containers
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
options=() karaf=yes
metrics=$((10000 + $$ % 20000)) web=$((metrics + 1)) # ports, which no other run of this has
if "$java_home/bin/java" --sun-misc-unsafe-memory-access=allow -version >/dev/null 2>&1; then # 23 and later
	options=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
fi
# Karaf 4.4 wants a security manager, which JDK 24 has no more.
"$java_home/bin/java" -Djava.security.manager=allow -version >/dev/null 2>&1 || karaf=no

# What is typed once hotbus is installed. $1: what is typed in between. The bus is told of a removal
# late, so that the fault comes first on a busy machine, too.
story() {
	cat <<-EOS
		hotbus:port attach net_sim0,peer=net_sim1,uevent_ms=10000
		hotbus:port attach net_sim1
		hotbus:start tx_first
		hotbus:wait packets 100000 90
		hotbus:device yank net_sim0
		hotbus:wait port net_sim0 gone 90
		hotbus:device plug net_sim0
		hotbus:wait port net_sim0 started 90
		hotbus:stop
		$1
		hotbus:wait port net_sim0 started 90
		hotbus:wait port net_sim1 started 90
		hotbus:start tx_first
		hotbus:wait packets 100000 90
		hotbus:quit
	EOS
}

# expect NAME FILE PATTERN COUNT: as often does a line match.
expect() {
	local got
	got=$(grep -cE -- "$3" "$2") || true
	if [ "$got" = "$4" ]; then
		echo "ok $1"
	else
		sed -e 's/\x1b\[[0-9;?]*[a-zA-Z]//g' -e 's/^/    /' "$2" | cut -c 1-200 | tail -n 60
		echo "FAIL $1: $got lines match '$3' (expected $4) of $2, whose end is above"
		exit 1
	fi
}

# await FILE PATTERN: until a line matches, for two minutes.
await() {
	local left=600
	until grep -qsE -- "$2" "$1" || [ $((left--)) = 0 ]; do sleep 0.2; done
}

# verify NAME SCREEN LOG: the story went as it should.
verify() {
	expect "$1_should_forward_before_and_after" "$2" '[0-9]+ packets were forwarded' 2
	expect "$1_should_lose_the_port" "$2" 'Port net_sim0 is gone' 1
	expect "$1_should_repair_the_fault" "$3" 'net_sim0: gone \(noticed by SIGBUS\)' 1
	expect "$1_should_attach_again" "$3" 'net_sim0: attached again' 1
	expect "$1_should_not_be_ended_by_a_guest" "$2" 'to be ended by its own means' 1
	expect "$1_should_detach_at_its_end" "$3" 'net_sim1: detached' 1
}

in_karaf() {
	local home=$work/karaf
	mkdir "$home"
	tar -xzf "$work/apache-karaf.tar.gz" -C "$home" --strip-components=1
	sed -i 's/^    jdk[.]nashorn[.][*], \\/    jdk.jfr.internal, jdk.jfr.internal.*, \\\n&/' "$home/etc/config.properties"
	# No ports to listen on: several may run at once.
	sed -i -e '/^ *ssh\//d' -e '/^ *management\//d' "$home/etc/org.apache.karaf.features.cfg"
	sed -i "s|^\(org.ops4j.pax.url.mvn.defaultRepositories\)=.*|\1=file:$repository@id=hotbus, \\\\|" \
		"$home/etc/org.ops4j.pax.url.mvn.cfg"
	{
		await "$home/data/log/karaf.log" 'FeaturesServiceImpl .* Done\.' # its own features: the console is there before
		cat <<-EOS
			feature:repo-add file:$repository/features.xml
			feature:install hotbus-testpmd hotbus-pci hotbus-telemetry hotbus-metrics hotbus-web hotbus-history hotbus-jfr
			config:property-set --pid io.hotbus.devices block net_null7
		EOS
		story $'bundle:update io.hotbus.net.sim\nhotbus:port attach net_null7\nhotbus:show removals'
		echo system:shutdown --force
	} | JAVA_HOME=$java_home TERM=dumb EXTRA_JAVA_OPTS="-Dkaraf.history=$work/history \
		-XX:StartFlightRecording=settings=$PWD/launcher/etc/hotbus.jfc,filename=$work/karaf.jfr,dumponexit=true \
		-Dorg.ops4j.pax.url.mvn.localRepository=$work/m2 -Dhotbus.args=--metrics=$metrics$(printf '\037')--web=$web ${options[*]}" \
		timeout 500 "$home/bin/karaf" >"$work/karaf.out" 2>&1 || echo "exit code $?" >>"$work/karaf.out"
	verify karaf "$work/karaf.out" "$home/data/log/karaf.log"
	expect karaf_should_update_a_driver "$home/data/log/karaf.log" 'has no driver now, and waits for one' 2
	expect karaf_should_serve_metrics "$home/data/log/karaf.log" "metrics: http://?127.0.0.1:$metrics/metrics" 1
	expect karaf_should_show_removals "$work/karaf.out" '1  .*net_sim0 +SIGBUS' 1
	"$java_home/bin/jfr" summary "$work/karaf.jfr" >"$work/karaf.summary"
	expect karaf_should_record_for_jfr "$work/karaf.summary" '^ hotbus[.](Fault|Removal|Probe|Attach|DeviceStep|Bundle) +[1-9]' 6
	expect karaf_should_serve_the_page "$home/data/log/karaf.log" "web: http://127.0.0.1:$web/" 1
	expect karaf_should_keep_settings "$work/karaf.out" 'net_null7: is blocked \(block of io.hotbus.devices\)' 1
}

in_felix() {
	local home=$work/felix
	mkdir -p "$home/conf"
	echo 'felix.auto.deploy.action=install,start' >"$home/conf/config.properties"
	{
		cat <<-EOS
			obr:repos add file:$repository/index.xml
			obr:deploy -s io.hotbus.net.sim io.hotbus.testpmd
		EOS
		story ''
		echo exit 0
	} | (cd "$home" && timeout 500 "$java_home/bin/java" "${options[@]}" \
		-Dorg.ops4j.pax.logging.DefaultServiceLog.level=INFO \
		-jar bin/org.apache.felix.main.jar) >"$work/felix.out" 2>&1 || echo "exit code $?" >>"$work/felix.out"
	verify felix "$work/felix.out" "$work/felix.out"
}

rm -rf "$work"
mvn --quiet --batch-mode --no-transfer-progress --projects launcher/repository dependency:copy@containers
if [ $karaf = yes ]; then
	in_karaf
else
	echo "SKIP karaf: it does not start on the Java in $java_home (17 to 23 will do)"
fi
in_felix
