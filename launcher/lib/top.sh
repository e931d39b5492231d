# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# `hotbus top`: watches a process that runs.

run_top() {
	case ${1:-} in -h | --help) help_of top; exit 0 ;; esac
	python3 -c 'import curses' 2>/dev/null || install_packages top 'python3 '
	exec python3 -B "$launcher/top" "$@"
}
