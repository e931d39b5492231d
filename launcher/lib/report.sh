# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A report for a bug tracker. Needs no running process, and no Java but for what the doctor finds.

# Prints its input without passwords, tokens and keys: those of settings, also of values that go on in further lines,
# of options, of the environment, of URLs, and of log lines that quote a setting.
mask_secrets() {
	# The same words as in Secrets.java of io.hotbus.eal.
	local words='password|passwd|passphrase|secret|token|credential|apikey|privatekey'
	sed -E \
		-e 's|(://[^/@: ]*:)[^/@ ]*@|\1*****@|g' \
		-e "s/(--[a-z-]*($words|key)[a-z-]* )[^ ]*/\\1*****/gI" \
		-e "s/([a-z0-9_.-]*($words)[a-z0-9_.-]*=)[^ ]+/\\1*****/gI" |
		awk -v name="^[ \t]*[a-z0-9_.-]*($words)[a-z0-9_.-]*[ \t]*[=:]" '{
			if (hidden) { hidden = /\\$/; next }
			line = tolower($0)
			if (match(line, name)) {
				hidden = /\\$/
				print substr($0, 1, RLENGTH) "*****"
			} else print
		}'
}

# section TITLE COMMAND...: what the command prints, at most 1000 lines of it; says so where it fails, prints nothing or
# takes too long.
section() {
	local said code=0 pid guard
	printf '\n== %s\n\n' "$1"
	said=$(mktemp)
	(set +e +o pipefail; "${@:2}") >"$said" 2>&1 </dev/null &
	pid=$!
	sleep 60 >/dev/null 2>&1 &
	guard=$!
	wait -n "$pid" "$guard" || true
	if ! kill "$guard" 2>/dev/null; then
		kill "$pid"
		echo '(takes longer than 60 s: this is what it has said by then)'
	fi
	wait "$pid" || code=$?
	[ -s "$said" ] || echo '(nothing)'
	head -n 1000 "$said" | mask_secrets
	[ $code = 0 ] || echo "(exit code $code)"
	rm -f "$said"
}

report_machine() {
	uname -a
	sed -n 's/^PRETTY_NAME=//p' /etc/os-release
	lscpu 2>/dev/null | grep -E '^(Architecture|CPU\(s\)|Model name|NUMA node\(s\)|Hypervisor)' ||
		grep -m 1 'model name' /proc/cpuinfo
	grep -E '^(MemTotal|MemAvailable|HugePages_|Hugepagesize)' /proc/meminfo
	echo "command line of the kernel: $(cat /proc/cmdline)"
	echo "load: $(cat /proc/loadavg)"
	echo "user: $(id)"
	ulimit -a | grep -E 'locked memory|open files'
	grep -E '^(igb_uio|uio|vfio)' /proc/modules 2>/dev/null
	echo "virtualization: $(systemd-detect-virt 2>/dev/null)"
	return 0
}

report_java() {
	echo "JAVA_HOME=${JAVA_HOME:-(that of java on the PATH: $(readlink -f "$(command -v java)"))}"
	"${JAVA_HOME:+$JAVA_HOME/bin/}java" -version
	env | grep -E '^(HOTBUS_|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)' | sort
	grep -v '^#' "$1/jvm.options"
}

# What is built here, without building.
report_doctor() {
	build() { [ -d "$export_dir/lib" ] || die 3 'the product is not built here'; }
	run_jvm doctor
}

report_bundles() {
	find "$1/target/export" "$2" -name '*.jar' -printf '%f  %s bytes  %TY-%Tm-%Td %TH:%TM\n' | sort
}

report_settings() {
	local file found=''
	for file in "$1"/*.cfg "$1"/*.config; do
		[ -f "$file" ] || continue
		found=1
		printf -- '--- %s\n' "$file"
		cat "$file"
	done
	[ -n "$found" ] || echo "no settings in $1"
}

# The processes of the product, and what their threads do. A line is long: a class path is in it.
report_processes() {
	local pid
	for pid in $(pgrep -f "[ ]io[.]hotbus[.]launch[.]Main"); do
		[ -r "/proc/$pid/cmdline" ] || continue
		echo "--- $pid, since $(ps -o lstart= -p "$pid"): $(tr '\0\037' '  ' <"/proc/$pid/cmdline" | sed 's/.*io[.]hotbus[.]launch[.]Main/hotbus/')"
		timeout 10 "${JAVA_HOME:+$JAVA_HOME/bin/}jcmd" "$pid" Thread.print -l=false 2>/dev/null |
			sed '/^Threads class SMR/,/^}/d; /^$/d' | head -n 300
	done
	return 0
}

# The folder of what outlives a process: io.hotbus.history looks in the same places.
state_folder() {
	local configured
	configured=$(sed -nE 's/^folder *= *"?([^"]*)"?$/\1/p' "$1"/io.hotbus.history.c* 2>/dev/null | head -n 1)
	if [ -n "$configured" ]; then echo "$configured"
	elif [ -n "${HOTBUS_STATE_DIR:-}" ]; then echo "$HOTBUS_STATE_DIR"
	elif [ "$(id -u)" = 0 ] || [ -r /var/lib/hotbus/history ]; then echo /var/lib/hotbus/history
	else echo "${XDG_STATE_HOME:-$HOME/.local/state}/hotbus"
	fi
}

# The last 20 removals with their steps, and the last 20 faults, of each history in the folder $1.
report_history() {
	local folder
	for folder in "$1"/*/; do
		[ -e "$folder/history.jsonl" ] || continue
		printf -- '--- %shistory.jsonl\n' "$folder"
		cat "$folder/history.jsonl.1" "$folder/history.jsonl" 2>/dev/null | awk '
			function value(line, key) {
				if (!match(line, "\"" key "\":(\"([^\"\\\\]|\\\\.)*\"|-?[0-9]+)")) return ""
				line = substr(line, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
				gsub(/^"|"$/, "", line)
				return line
			}
			function millis(nanos) { return nanos == "" ? "-" : sprintf("%.3f", nanos / 1e6) }
			/^\{"removal":[0-9]+,.*\}$/ { n = value($0, "removal") + 0; removal[n] = $0; if (n > last) last = n; next }
			/^\{"fault":[0-9]+,.*\}$/ { n = value($0, "fault") + 0; fault[n] = $0; if (n > lastFault) lastFault = n; next }
			{ bad++ }
			END {
				for (n = last - 19; n <= last; n++) if (n in removal) {
					all = index(removal[n], "\"steps\":[")
					head = substr(removal[n], 1, all - 1)
					printf "removal %d: %s on bus %s at %s, noticed by %s, detached after %s ms, attached again after %s ms\n",
						n, value(head, "device"), value(head, "bus"), value(head, "time"), value(head, "cause"),
						millis(value(head, "detachedNanos")), millis(value(head, "returnedNanos"))
					count = split(substr(removal[n], all + 9), step, /\},\{/)
					for (i = 1; i <= count; i++) if (value(step[i], "kind") != "")
						printf "  %12s %12s ms  %-14s %s  %s  %s\n", millis(value(step[i], "beginNanos")),
							millis(value(step[i], "endNanos") - value(step[i], "beginNanos")), value(step[i], "kind"),
							value(step[i], "thread"), value(step[i], "name"), value(step[i], "failure")
				}
				for (n = lastFault - 19; n <= lastFault; n++) if (n in fault)
					printf "fault %d: %s at %s, thread %s, repaired in %.1f us\n", n, value(fault[n], "window"),
						value(fault[n], "time"), value(fault[n], "thread"), value(fault[n], "repairNanos") / 1000
				if (bad) print bad " lines that are neither"
			}'
	done
	[ -e "${folder:-}/history.jsonl" ] || echo "no history in $1"
}

report_log() {
	command -v journalctl >/dev/null || { echo "no journal here: the log is what the process writes to its standard error"; return 0; }
	journalctl --no-pager --quiet -n 200 -u 'hotbus*'
}

# The newest report of a JVM that crashed, where JVMs leave them.
report_crash() {
	local newest
	newest=$(find . "$1" "${HOME:-/}" /tmp "${2:-.}" -maxdepth 1 -name 'hs_err_pid*.log' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d ' ' -f 2-)
	[ -n "$newest" ] || { echo 'none'; return 0; }
	echo "--- $newest"
	head -n 150 "$newest"
}

# Prints the whole report.
print_report() {
	local etc=${HOTBUS_ETC:-$launcher/etc} deploy=${HOTBUS_DEPLOY:-$launcher/deploy} state
	state=$(state_folder "$etc")
	echo "$(version), report of $(date -u +%Y-%m-%dT%H:%M:%SZ)"
	section 'machine' report_machine
	section 'Java' report_java "$launcher"
	section 'bundles' report_bundles "$launcher" "$deploy"
	section "settings ($etc)" report_settings "$etc"
	section 'doctor' report_doctor
	section 'processes' report_processes
	section "removals and faults ($state)" report_history "$state"
	section 'log' report_log
	section 'crash of a JVM' report_crash "$launcher" "$state"
}

# run_report [-o FILE]
run_report() {
	local file=''
	case ${1:-} in
	'') ;;
	-h | --help) help_of report; return ;;
	-o | --output) [ $# = 2 ] || die 2 "$1 needs the name of a file, and nothing else" ; file=$2 ;;
	*) die 2 "unknown option '$1' (see $program report --help)" ;;
	esac
	if [ -z "$file" ]; then
		print_report
	else
		(umask 077 && : >"$file") 2>/dev/null || die 1 "cannot write to $file"
		print_report >"$file"
		say "$file has the report: read it before you give it away"
	fi
}
