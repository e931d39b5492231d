# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The build and the tests, which also build.

# Tells whether a source of the product has changed since the last build.
stale() {
	[ -e "$stamp" ] || return 0
	[ -n "$(cd "$top" && find pom.xml bnd.bnd cnf bundles examples native launcher bench \( -name target -o -path native/build \
		-o -path launcher/deploy -o -path launcher/etc -o -path launcher/template -o -path launcher/help \
		-o -path launcher/lib -o -path launcher/top -o -path launcher/test -o -path launcher/package -o -path bench/rates \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}

# Runs Maven, and once more where a download was cut short, which Maven itself does not try again.
maven() {
	local run
	for run in 1 2 3; do
		if run_maven "$@"; then return; fi
		grep -q 'Could not transfer' "$build_log" && [ "$run" -lt 3 ] || return 1
		say "a download failed: once more"
	done
}

# Runs Maven, two modules at a time, or $modules; shows each step as it begins, and errors if there are any. Maven does not read the
# standard input.
run_maven() {
	(cd "$top" && mvn --threads "${modules:-2}" --batch-mode --no-transfer-progress "$@" </dev/null 2>&1) | tee "$build_log" |
		sed -un -e 's/^\[INFO\] Building \(io\.hotbus[^ ]*\) .*\(\[[0-9/]*\]\)$/  \2 \1/p' \
			-e 's/^\[ERROR\]/  &/p' -e 's/^\[INFO\] Tests run:/  tests run:/p' \
			-e '/^\(SKIP\|FAIL\|ok\) /s/^/  /p' -e '/^[0-9]* passed, [0-9]* failed/s/^/  /p' \
			-e '/^TEST .* <<< /,/^\tat /s/^/  /p' -e 's/^Caused by: /  &/p' >&2
}

# Prints the results of the tests inside the framework, which Maven itself does not show.
framework_results() {
	local run
	for run in itest tck; do
		sed -n 's/^<testsuite name="[^"]*io\.hotbus\.\([a-z]*\);[^"]*" tests="\([0-9]*\)" skipped="\([0-9]*\)" failures="\([0-9]*\)" errors="\([0-9]*\)".*/  '"$run"': tests run: \2, Failures: \4, Errors: \5, Skipped: \3 -- in io.hotbus.\1/p' \
			"$top/bundles/itest/target/test-reports/$run/"*.xml >&2
	done
}

# Builds what has changed. Only one build runs at a time.
build() {
	stale || return 0
	make_target
	exec 9>"$launcher/target/lock"
	flock 9
	! stale || build_now
	exec 9>&- # the JVM would inherit the lock and keep it
}

# Remembers when the build began. The resolver may have brought the lists of bundles up to date since.
built() {
	touch -r "$stamp.new" "$launcher"/*.bndrun "$top"/bundles/*/*.bndrun
	mv "$stamp.new" "$stamp"
}

build_now() {
	need_build_tools
	find_java
	rm -rf "$export_dir" # a library that is no longer part of it would be started all the same
	say "building (the first time downloads libraries and takes a minute or two; log: launcher/target/build.log)"
	touch "$stamp.new"
	maven package -DskipTests || die 1 "the build failed: see launcher/target/build.log"
	built
	forget_stale_copies
	archive_classes || true
}

# Removes outdated copies from Maven's local repository. Maven copies a version there once and never
# checks it again, but artifacts here may be built again under the same version.
forget_stale_copies() {
	local jar copy
	for jar in "$repository"/io/hotbus/*/*/*.jar; do
		copy=${HOME:-/nonexistent}/.m2/repository/${jar#"$repository"/}
		[ ! -e "$copy" ] || cmp -s "$jar" "$copy" || rm -rf "$(dirname "$copy")"
	done
}

run_build() {
	[ $# = 0 ] || { help_of build; [ "$1" = --help ] || [ "$1" = -h ] || exit 2; exit 0; }
	build
	say "built: $(version)"
}

run_tests() {
	local java_only=false rounds=() native modules
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) help_of test; exit 0 ;;
		--jdk)
			[ $# -ge 2 ] || die 2 "--jdk needs the folder of a JDK"
			export JAVA_HOME=$2; shift 2 ;;
		--java) java_only=true; shift ;;
		*) die 2 "test: unknown option '$1' (see launcher/hotbus test --help)" ;;
		esac
	done
	make_target
	need_build_tools
	install_packages 'the tests' "$(test_packages)"
	find_java
	rm -rf "$export_dir"
	say "testing on Java $java_version ($JAVA_HOME)"
	if ! $java_only; then
		say "native, meanwhile: the handler and its table; then the same under ASan with UBSan, and under TSan"
		make -C "$top/native" --no-print-directory lib >&2 || die 1 "the native library cannot be built"
		make -C "$top/native" --no-print-directory test test-asan test-tsan >"$launcher/target/native.log" 2>&1 </dev/null &
		native=$!
	fi
	say "Java: unit tests, and tests inside the framework (log: launcher/target/build.log)"
	touch "$stamp.new"
	# What depends on the JDK shows in fewer rounds as well.
	! $java_only || rounds=(-Ditest.updates=50)
	modules=3 # most tests wait for much of their time
	maven verify "${rounds[@]}" || die 1 "tests failed: see launcher/target/build.log"
	framework_results
	if ! $java_only; then
		wait "$native" || { cat "$launcher/target/native.log" >&2; die 1 "native tests failed"; }
		cat "$launcher/target/native.log" >&2
	fi
	built
	archive_classes || true
	if $java_only; then
		say "all tests in Java passed"
		return
	fi
	say "rig: what it does outside of the virtual machine"
	python3 -B -m unittest discover -q -s "$top/rig" -t "$top/rig" >&2 || die 1 "tests of the rig failed"
	[ "$(id -u)" != 0 ] || (install_packages 'comparisons with other programs' "$(peer_packages)") || true
	try_product
	say "all tests passed"
}

# What the tests need besides the build.
test_packages() {
	command -v python3 >/dev/null || printf 'python3 '
	command -v ip >/dev/null || printf 'iproute2 '
}

# Other programs, for comparisons, which say so and skip where one is missing.
peer_packages() {
	command -v dpdk-testpmd >/dev/null || printf 'dpdk-dev '
	command -v dpdk-telemetry.py >/dev/null || printf 'dpdk '
	command -v prometheus >/dev/null || printf 'prometheus '
	command -v chromium >/dev/null || printf 'chromium '
	command -v chromedriver >/dev/null || printf 'chromium-driver '
	/usr/bin/python3 -c 'import selenium' 2>/dev/null || printf 'python3-selenium '
	command -v collectd >/dev/null || printf 'collectd-core '
	command -v dh >/dev/null || printf 'debhelper '
	command -v dh_dkms >/dev/null || printf 'dh-dkms '
	command -v lintian >/dev/null || printf 'lintian '
	command -v systemd-nspawn >/dev/null || printf 'systemd-container '
	command -v tcpdump >/dev/null || printf 'tcpdump '
	command -v editcap >/dev/null || printf 'wireshark-common '
	/usr/bin/python3 -c 'import scapy' 2>/dev/null || printf 'python3-scapy '
}

# Tests of the product as it was built. Two run at a time, since each waits for much of its time; the longest begin
# first. What a test says is shown when it has ended.
try_product() {
	export -f try_one say
	export launcher
	flock --version >/dev/null || die 1 "flock is missing (apt-get install util-linux)"
	xargs -P 2 -L 1 -d '\n' bash -c 'try_one $1' _ <<-'END' || die 1 "tests of the product failed"
		cli.sh command line: what a user types, right and wrong
		package.sh packages: made, installed, run by a systemd of their own, upgraded and purged
		deploy.sh deployment: bundles that come, change and go while packets are forwarded
		testpmd.sh scripts of DPDK's testpmd, on both programs
		start.sh starting: in every folder, path and locale
		stranger.sh a stranger's afternoon: a bus and a driver from our templates, built, dropped in, pulled out, replaced
		web.py web page: a removal in Chromium, logins, the keyboard, colours, 10,000 removals
		webconsole.py web console: the page in Felix' console, behind its login, in Chromium, too
		pcap.sh captures: files and interfaces, beside tcpdump, capinfos, scapy and dpdk-testpmd
		deployment.sh a deployment described by files, which come, change and go while packets flow
		etc.sh configuration: files that are right, wrong, and change
		netif.sh network interfaces that come and go
		alb.py bonding: mode 6 with the kernels of four hosts, which learn its addresses by ARP
		bonding.sh bonding: LACP with dpdk-testpmd over veth
		telemetry.sh telemetry: dpdk-telemetry.py, collectd, dpdk-testpmd's answers beside ours, and clients that mean no good
		top.py top: a terminal, a process that goes and comes, and one of DPDK
		metrics.sh metrics: promtool, and a Prometheus that scrapes them
		jfr.sh Flight Recorder: a removal in a recording, and a bundle that is replaced 200 times meanwhile
		history.sh history: removals that are kept through kill -9 and a full disk, and the report for a bug tracker
		memif.sh memif: packets to and from dpdk-testpmd, which is killed and comes back
		virtio_user.sh virtio_user: packets to and from dpdk-testpmd's net_vhost, which is killed and comes back
		failsafe.py failsafe: an interface goes and comes back, and no frame is lost
		terminal.py the shell at a terminal: TAB, and verbs that come and go
	END
}

# try_one TEST WHAT...
try_one() {
	local test=$1 said code=0
	said=$(mktemp)
	"$launcher/test/$test" </dev/null >"$said" 2>&1 || code=$?
	(
		flock 8
		say "${*:2}"
		cat "$said"
		[ $code = 0 ] || say "launcher/test/$test failed"
	) 8>"$launcher/target/lanes" >&2
	rm -f "$said"
	[ $code = 0 ] || exit 255 # xargs starts no further test
}
