#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Bundles put into deploy/, replaced and deleted while packets are forwarded: good ones and broken ones
# of every kind. What the operator is told of each, and that the other ports do not notice. Runs
# against the product as it was built.

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

work=$(mktemp -d)
pid=''
trap '[ -z "$pid" ] || kill -KILL $pid; rm -rf "$work"' EXIT
passed=0 failed=0
export HOTBUS_LOG=INFO HOTBUS_DEPLOY=$work/deploy HOTBUS_ETC=$work/etc HOTBUS_STATE_DIR=$work/state
hotbus=launcher/hotbus
log=$work/log
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
deadline=60

result() { # NAME CODE: and what was logged, if it failed
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
		echo "ok $1"
	else
		failed=$((failed + 1))
		echo "FAIL $1${3:+: $3}"
		tail -n 30 "$log" 2>/dev/null | sed 's/^/    /'
	fi
}

# Waits until a line that was not there at the last `mark` matches.
seen=0
mark() { seen=$(wc -l <"$log"); }
logged_now() { tail -n "+$((seen + 1))" "$log" | grep -E -- "$1" >/dev/null; } # with -q, tail fails when grep has seen enough
logged() {
	local end=$((SECONDS + deadline))
	until logged_now "$1"; do
		[ $SECONDS -lt $end ] && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.1
	done
}

received() { # packets that a port has received by the last statistics
	grep -A 1 -F "($1)" "$log" | sed -n 's/.*RX-packets: *\([0-9]*\).*/\1/p' | tail -n 1
}

# The two ports next door have forwarded more than they had.
goes_on() {
	local port before end=$((SECONDS + deadline))
	for port in net_sim0 net_sim1; do
		before=$(received $port)
		until [ "$(received $port)" -gt "${before:-0}" ] 2>/dev/null; do
			[ $SECONDS -lt $end ] && kill -0 "$pid" 2>/dev/null || return 1
			sleep 0.1
		done
	done
}

# expect NAME PATTERN: that is logged, and the other ports forward on.
expect() {
	logged "$2"
	local code=$?
	[ $code = 0 ] || { result "$1" 1 "expected to be logged: $2"; return; }
	goes_on
	result "$1" $? "other ports have stopped forwarding"
}

drop() { # JAR NAME: as operators do
	mark
	cp "$work/jars/$1.jar" "$work/deploy/.$2" && mv "$work/deploy/.$2" "$work/deploy/$2"
}

# A bundle of ours under another name; further arguments are sed scripts for its manifest.
copy_of() { # BUNDLE FILE NAME VERSION [SCRIPT...]
	local jar=$1 file=$2 name=$3 version=$4 script manifest
	shift 4
	rm -rf "$work/x" && mkdir "$work/x"
	(cd "$work/x" && "${bin}jar" xf "$jar")
	manifest=$work/x/META-INF/MANIFEST.MF
	# lines of a manifest are continued by a blank
	sed -i -e 's/\r$//' "$manifest" && sed -i -e ':a' -e 'N' -e '$!ba' -e 's/\n //g' "$manifest"
	sed -i -e "s/^Bundle-SymbolicName:.*/Bundle-SymbolicName: $name/" \
		-e "s/^Bundle-Version:.*/Bundle-Version: $version/" "$manifest"
	for script; do sed -i -e "$script" "$manifest"; done
	mv "$manifest" "$work/manifest"
	(cd "$work/x" && "${bin}jar" cfm "$work/jars/$file.jar" "$work/manifest" .)
}

make_jars() {
	local export_dir=$PWD/launcher/target/export null
	null=$(echo "$export_dir"/hotbus/io.hotbus.net.null-*.jar)
	mkdir -p "$work/jars" "$work/src"
	copy_of "$null" twin org.acme.twin 1.0.0 # the same driver, in another bundle
	copy_of "$null" product io.hotbus.net.null 9.0.0
	copy_of "$null" unresolved org.acme.unresolved 1.0.0 's/^Import-Package: /&org.nowhere;version="[2,3)",/'
	copy_of "$null" java99 org.acme.java99 1.0.0 's/(version=17)/(version=99)/'
	copy_of "$null" nothing org.acme.nothing 1.0.0 '/^Service-Component:/d'
	# a driver of its own: a name of the same length, so that the class stays right
	copy_of "$null" acme1 org.acme.net 1.0.0
	rename_driver acme1 org.acme.net 1.0.0
	rename_driver acme2 org.acme.net 1.1.0
	head -c 3000 "$work/jars/acme2.jar" >"$work/jars/truncated.jar"

	cat >"$work/src/Start.java" <<-'JAVA'
		public class Start implements org.osgi.framework.BundleActivator {
		    public void start(org.osgi.framework.BundleContext context) {
		        throw new IllegalStateException("no such card");
		    }
		    public void stop(org.osgi.framework.BundleContext context) { }
		}
	JAVA
	cat >"$work/src/Component.java" <<-'JAVA'
		public class Component {
		    public Component() { throw new IllegalStateException("no such card"); }
		}
	JAVA
	cat >"$work/src/Hang.java" <<-'JAVA'
		public class Hang implements org.osgi.framework.BundleActivator {
		    public void start(org.osgi.framework.BundleContext context) { waitForACard(); }
		    public void stop(org.osgi.framework.BundleContext context) { }
		    static void waitForACard() {
		        while (true) {
		            try { Thread.sleep(1_000_000); } catch (InterruptedException e) { continue; }
		        }
		    }
		}
	JAVA
	cat >"$work/src/HangInStop.java" <<-'JAVA'
		public class HangInStop implements org.osgi.framework.BundleActivator {
		    public void start(org.osgi.framework.BundleContext context) { }
		    public void stop(org.osgi.framework.BundleContext context) { Hang.waitForACard(); }
		}
	JAVA
	cat >"$work/src/HangingComponent.java" <<-'JAVA'
		public class HangingComponent {
		    public HangingComponent() { Hang.waitForACard(); }
		}
	JAVA
	cat >"$work/src/Configure.java" <<-'JAVA'
		import java.util.Dictionary;
		import org.osgi.service.cm.*;
		public class Configure implements org.osgi.framework.BundleActivator {
		    public void start(org.osgi.framework.BundleContext context) throws Exception {
		        Configuration configuration = context.getService(context.getServiceReference(ConfigurationAdmin.class))
		            .getConfiguration("org.acme", "?");
		        Dictionary<String, Object> properties = configuration.getProperties();
		        properties.put("y", properties.get("x") + " of ours");
		        configuration.update(properties);
		    }
		    public void stop(org.osgi.framework.BundleContext context) { }
		}
	JAVA
	"${bin}javac" -cp "$(echo "$export_dir"/lib/* "$export_dir"/hotbus/org.apache.felix.configadmin-*.jar | tr ' ' :)" \
		-d "$work/classes" "$work"/src/*.java
	mkdir "$work/classes/OSGI-INF"
	local class
	for class in Component HangingComponent; do
		printf '<scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="%s" immediate="true">%s' \
			$class "<implementation class=\"$class\"/></scr:component>" >"$work/classes/OSGI-INF/$class.xml"
	done
	small_bundle activator org.acme.activator 'Bundle-Activator: Start'
	small_bundle core io.hotbus.core 'Bundle-Activator: Start'
	small_bundle component org.acme.component 'Service-Component: OSGI-INF/Component.xml'
	small_bundle hang org.acme.hang 'Bundle-Activator: Hang'
	small_bundle hang-in-stop org.acme.hanginstop 'Bundle-Activator: HangInStop'
	small_bundle hanging-component org.acme.hangingcomponent 'Service-Component: OSGI-INF/HangingComponent.xml'
	small_bundle fragment org.acme.fragment 'Fragment-Host: org.acme.net'
	small_bundle fragment-of-core org.acme.fragmentofcore 'Fragment-Host: io.hotbus.core'
	small_bundle configure org.acme.configure 'Bundle-Activator: Configure' ',org.osgi.service.cm'
}

rename_driver() { # FILE NAME VERSION
	find "$work/x" -name '*.class' -exec sed -i 's/net_null/net_acme/g' {} +
	sed -i -e "s/^Bundle-Version:.*/Bundle-Version: $3/" "$work/manifest"
	(cd "$work/x" && LC_ALL=C "${bin}jar" cfm "$work/jars/$1.jar" "$work/manifest" .)
}

small_bundle() { # FILE NAME HEADER [FURTHER-IMPORTS]
	printf 'Bundle-ManifestVersion: 2\nBundle-SymbolicName: %s\nBundle-Version: 1.0.0\n%s\n%s\n' \
		"$2" "Import-Package: org.osgi.framework${4:-}" "$3" >"$work/manifest"
	"${bin}jar" cfm "$work/jars/$1.jar" "$work/manifest" -C "$work/classes" .
}

# ---- a running instance -------------------------------------------------------------------------

export LC_ALL=C
mkdir -p "$work/deploy" "$work/etc" && chmod 755 "$work" "$work/deploy" "$work/etc"
make_jars || exit 1
cp "$work/jars/acme1.jar" "$work/deploy/acme.jar"

# So that it may be interrupted: what a shell starts behind ignores that, as does all that nohup starts.
env --default-signal=INT $hotbus run --vdev net_sim0,peer=net_sim1 --vdev net_sim1 --vdev net_acme0 --tx-first --stats-period 1 \
	>"$log" 2>&1 </dev/null &
pid=$!
expect should_have_what_is_deployed_before_the_first_device 'net_acme0: attached, driver net_acme'

drop acme2 acme.jar
logged 'org\.acme\.net 1\.1\.0: updated from 1\.0\.0'
expect should_swap_a_driver_that_forwards 'port 2 \(net_acme0\): forwarding'
drop truncated acme.jar
expect should_keep_what_runs_when_its_file_breaks \
	'ERROR .*/acme\.jar: is not a complete jar .*org\.acme\.net 1\.1\.0 of before goes on'
drop truncated truncated.jar
expect should_report_a_truncated_jar 'ERROR .*/truncated\.jar: is not a complete jar .*: copy it again'
drop activator truncated.jar
expect should_report_what_an_activator_throws \
	'ERROR .*org\.acme\.activator 1\.0\.0: does not start: IllegalStateException: no such card'
drop component component.jar
expect should_report_what_a_component_throws \
	'ERROR .*org\.acme\.component 1\.0\.0: component Component failed: IllegalStateException: no such card'
drop unresolved unresolved.jar
expect should_report_a_missing_package \
	'ERROR .*org\.acme\.unresolved 1\.0\.0: does not resolve: imports org\.nowhere \[2\.0\.0,3\.0\.0\), which no bundle exports'
drop java99 java99.jar
expect should_report_another_java 'ERROR .*org\.acme\.java99 1\.0\.0: does not resolve: needs Java 99, this is [0-9]'
drop nothing nothing.jar
expect should_warn_of_a_bundle_that_runs_nothing 'WARN .*org\.acme\.nothing 1\.0\.0: runs nothing'
drop twin twin.jar
expect should_report_a_second_driver_of_one_name 'WARN .*two drivers have the name net_null: that of '
drop core core.jar
expect should_not_exchange_what_the_command_stands_on \
	'ERROR .*/core\.jar: io\.hotbus\.core is what the running command stands on'
drop product null.jar
logged 'io\.hotbus\.net\.null 9\.0\.0 replaces .* until the file is deleted'
expect should_replace_a_bundle_of_the_product 'io\.hotbus\.net\.null 9\.0\.0: started'
mark && rm "$work/deploy/null.jar"
logged 'null\.jar: was deleted, io\.hotbus\.net\.null .* is back'
expect should_give_back_the_bundle_of_the_product 'io\.hotbus\.net\.null [0-9.]*: updated from 9\.0\.0'
mark && echo 'x = 1' >"$work/etc/org.acme.cfg"
expect should_read_a_configuration 'org\.acme: configured by .*/etc/org\.acme\.cfg'
expect should_tell_of_a_configuration_that_nothing_asks_for \
	'WARN .*org\.acme\.cfg: no bundle has settings of the name org\.acme '
mark && echo 'x = ${java.specification.version}' >"$work/etc/org.acme.cfg"
logged 'org\.acme: configured by .*/etc/org\.acme\.cfg'
drop configure configure.jar
expect should_update_a_configuration_that_came_from_a_file 'org\.acme\.configure 1\.0\.0: started'
grep -qxF 'x = ${java.specification.version}' "$work/etc/org.acme.cfg"
result should_not_write_values_in_the_place_of_placeholders $?
# As Kubernetes lays out a volume.
mkdir "$work/etc/..1" "$work/etc/..2"
echo 'block = net_sim7' >"$work/etc/..1/io.hotbus.devices.cfg"
echo 'block = net_sim7 net_sim8' >"$work/etc/..2/io.hotbus.devices.cfg"
mark && ln -s ..1 "$work/etc/..data" && ln -s ..data/io.hotbus.devices.cfg "$work/etc/io.hotbus.devices.cfg"
expect should_read_a_configuration_by_links 'devices allowed: all others; blocked: \[net_sim7\]'
mark && ln -s ..2 "$work/etc/..new" && mv -T "$work/etc/..new" "$work/etc/..data"
expect should_see_that_a_link_was_swapped 'devices allowed: all others; blocked: \[net_sim7, net_sim8\]'
mark && ln -s "$work/jars/fragment.jar" "$work/deploy/fragment.jar" # as an operator links a jar
expect should_restart_the_host_of_a_fragment 'org\.acme\.net 1\.1\.0: restarted for a fragment'
logged 'port 2 \(net_acme0\): forwarding'
result should_forward_again_with_the_fragment $?
drop fragment-of-core fragment-of-core.jar
expect should_not_restart_what_the_command_stands_on_for_a_fragment \
	'ERROR .*org\.acme\.fragmentofcore 1\.0\.0: is a fragment of io\.hotbus\.core .*, which the running command stands on'
mark && rm "$work/jars/fragment.jar"
expect should_keep_what_a_link_led_to 'ERROR .*/fragment\.jar: is a link that leads to no file'
mark && rm "$work/deploy/fragment.jar"
expect should_take_away_a_fragment_with_its_link 'org\.acme\.fragment 1\.0\.0: uninstalled'
logged 'port 2 \(net_acme0\): forwarding'
mark && rm "$work/deploy/acme.jar"
logged 'port 2 \(net_acme0\): gone'
expect should_take_away_a_bundle_with_its_file 'org\.acme\.net 1\.1\.0: uninstalled'
drop acme1 acme.jar
expect should_probe_again_when_a_driver_arrives 'net_acme0: attached, driver net_acme'

mark
kill -INT "$pid"
wait "$pid"
code=$?
pid=''
[ $code = 130 ]
result should_end_in_order $? "exit code $code"
# What port 0 received, port 1 has sent, and the other way round; each was sent a burst at first.
tail -n "+$((seen + 1))" "$log" | awk '
	/Forward statistics for port/ { port = $6 }
	/Accumulated/ { port = "" }
	/RX-packets/ && port ~ /^[01]$/ { rx[port] = $2; bad = bad || $4 != 0 }
	/TX-packets/ && port ~ /^[01]$/ { tx[port] = $2; bad = bad || $4 != 0 }
	END { exit bad || !rx[0] || rx[0] + 32 != tx[1] || rx[1] + 32 != tx[0] }'
result should_have_lost_nothing_on_other_ports $?
[ "$(grep -cE ' (ERROR|WARN) +[^ ]+ +org\.acme\.(activator|component|unresolved|java99|nothing)' "$log")" = 5 ]
result should_have_said_each_thing_once $?
! grep -E '(Exception|^\s+at )' "$log" | grep -vqE '(ERROR|WARN) .*: no such card$'
result should_not_print_stack_traces $?

# ---- bundles that hang ---------------------------------------------------------------------------

rm -rf "$work"/deploy/* "$work"/etc/* "$work"/etc/..*
cp "$work/jars/hang.jar" "$work/jars/hanging-component.jar" "$work/jars/hang-in-stop.jar" "$work/jars/acme1.jar" "$work/deploy"
mkfifo "$work/typed"
HOTBUS_JAVA_OPTS='-Dhotbus.bundle.limit.ms=5000 -Dhotbus.shutdown.limit.ms=15000' \
	$hotbus shell --vdev net_sim0,peer=net_sim1 --vdev net_sim1 --vdev net_acme0 --tx-first --auto-start \
	>"$log" 2>&1 <"$work/typed" &
pid=$!
exec 3>"$work/typed"
seen=0
logged 'net_acme0: attached, driver net_acme'
result should_begin_though_bundles_hang $?
logged 'ERROR .*org\.acme\.hang 1\.0\.0: hangs in its start: at java\.lang\.Thread\.sleep[A-Za-z0-9]*\(Native Method\); Hang\.waitForACard\(Hang\.java:'
result should_name_what_hangs_in_its_start $?
logged 'ERROR .*org\.acme\.hangingcomponent 1\.0\.0: hangs in its start: at .*HangingComponent\.<init>'
result should_name_the_component_that_hangs $?
mark && echo 'bundle list' >&3
logged '  hangs +org\.acme\.hang +1\.0\.0' && logged '  runs +org\.acme\.net +1\.0\.0'
result should_answer_verbs_meanwhile $?
drop acme2 acme1.jar
logged 'org\.acme\.net 1\.1\.0: updated from 1\.0\.0' && logged 'port 2 \(net_acme0\): forwarding'
result should_deploy_others_meanwhile $?
mark && rm "$work/deploy/hang.jar"
logged 'ERROR .*org\.acme\.hang: hangs in its start: .*\(also after an interrupt\)'
result should_say_why_what_hangs_is_not_taken_away $?
mark && rm "$work/deploy/hang-in-stop.jar"
logged 'ERROR .*org\.acme\.hanginstop 1\.0\.0: hangs in its stop: at .*HangInStop\.stop\(HangInStop\.java:'
result should_name_what_hangs_in_its_stop $?
mark && echo 'port attach net_acme(x)' >&3
logged "'net_acme\(x\)' is not a device name"
result should_not_take_brackets_for_a_file_pattern $?
mark
begun=$SECONDS
kill -TERM "$pid"
wait "$pid"
code=$?
pid=''
exec 3>&-
[ $code = 143 ] && [ $((SECONDS - begun)) -le 30 ]
result should_end_within_the_limit_with_its_exit_code $? "exit code $code after $((SECONDS - begun)) s"
logged_now 'net_acme0: detached' && logged_now 'SIGBUS handler is removed' &&
	logged_now 'the process ends now, with exit code 143, though these have not stopped: .*org\.acme\.hang 1'
result should_stop_the_others_in_order $?

# ---- typed ----------------------------------------------------------------------------------------

rm -f "$work"/deploy/*
typed() { # NAME CODE PATTERN COMMANDS
	$hotbus run --exec "$4" >"$log" 2>&1 </dev/null
	local code=$?
	[ $code = "$2" ] && grep -qE -- "$3" "$log"
	result "$1" $? "exit code $code (expected $2), expected to match: $3"
}
typed should_install_update_and_uninstall 0 'org.acme.net 1.1.0 is uninstalled' \
	"bundle install $work/jars/acme1.jar; bundle update org.acme.net $work/jars/acme2.jar; bundle list;
	bundle stop org.acme.net; bundle start org.acme.net; bundle uninstall org.acme.net"
typed should_say_why 0 '^org.acme.java99 1.0.0 does not resolve: needs Java 99' \
	"bundle install $work/jars/java99.jar; bundle why org.acme.java99"
typed should_not_install_half_a_jar 1 'truncated.jar: is not a complete jar' "bundle install $work/jars/truncated.jar"
typed should_not_take_away_what_it_stands_on 1 'io.hotbus.testpmd is what the running command stands on' \
	'bundle uninstall io.hotbus.testpmd'
typed should_name_the_forms 1 "'bundle frobnicate' is not understood, valid:" 'bundle frobnicate'

refused() { # NAME PATTERN
	$hotbus run --exec 'bundle list' >"$log" 2>&1 </dev/null
	local code=$?
	[ $code = 3 ] && grep -qE -- "$2" "$log"
	result "$1" $? "exit code $code (expected 3), expected to match: $2"
}
chmod o+w "$work/deploy"
refused should_refuse_a_folder_that_others_write_to "others may write to $work/deploy .*: chmod go-w"
chmod o-w "$work/deploy" && cp "$work/jars/acme1.jar" "$work/deploy/" && chmod o+w "$work/deploy/acme1.jar"
refused should_refuse_a_file_that_others_write_to "others may write to $work/deploy/acme1.jar .*: chmod go-w"
rm "$work/deploy/acme1.jar" && chmod o+w "$work"
refused should_refuse_a_folder_that_others_can_exchange "others may write to $work and put another deploy in its place"
chmod o-w "$work"
mkdir -m 777 "$work/open" && chmod 777 "$work/open" && cp "$work/jars/acme1.jar" "$work/open/" &&
	ln -s "$work/open/acme1.jar" "$work/deploy/link.jar"
refused should_refuse_a_link_to_what_others_can_exchange "others may write to $work/open and put another acme1.jar in its place"
rm "$work/deploy/link.jar"
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$work/etc"
	refused should_refuse_a_folder_of_somebody_else "$work/etc belongs to nobody, .*: chown root"
else
	echo "SKIP should_refuse_a_folder_of_somebody_else: needs root"
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
