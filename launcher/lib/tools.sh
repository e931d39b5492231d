# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Tools that work on the product from outside: benchmarks and the rig.

run_bench() {
	local kind=rates needs=''
	case ${1:-} in
	-h | --help) help_of bench; exit 0 ;;
	fault | jmh | jcstress | pauses | replay | watched) kind=$1; shift ;;
	esac
	case $kind in rates | pauses | replay | watched)
		command -v python3 >/dev/null || needs+='python3 '
		if [ "$kind" = watched ]; then command -v chromium >/dev/null || needs+='chromium '; fi
		case $kind in rates | replay) [ "${1:-}" = --list ] || command -v dpdk-testpmd >/dev/null || needs+='dpdk-dev ' ;; esac
		install_packages bench "$needs" ;;
	esac
	[ "${1:-}" = --list ] || build
	find_java
	HOTBUS_JAVA="$JAVA_HOME/bin/java ${access_options[*]}" exec "$top/bench/run" "$kind" "$@"
}

# The rig itself reports which other packages it needs.
run_rig() {
	case ${1:-} in -h | --help) help_of rig; exit 0 ;; esac
	command -v python3 >/dev/null || install_packages 'the rig' 'python3 '
	[ "${1:-}" = --list ] || build
	find_java
	HOTBUS_JAVA_OPTIONS="${access_options[*]}" exec python3 "$top/rig" "$@"
}
