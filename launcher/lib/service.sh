# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# `hotbus service`: runs with the options of a file, as systemd or a container starts it.

run_service() {
	local file options=()
	case ${1:-} in -h | --help) help_of service; exit 0 ;; esac
	[ $# -le 1 ] || die 2 "service: one file at a time, not '$1' and '$2' (see $program service --help)"
	file=${1:-$launcher/etc/hotbus.conf}
	read_options "$file"
	case " ${options[*]} " in *' --stats-period'*) ;; *) options+=(--stats-period 0) ;; esac
	run_jvm run "${options[@]}"
}

# Adds the options in file $1 to the array `options`: on each line an option, and after a blank its value.
read_options() {
	local file=$1 line number=0 name value
	[ -f "$file" ] && [ -r "$file" ] || die 2 "$file cannot be read: it has the options of the service"
	while IFS= read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		line=${line%$'\r'}
		line=${line#"${line%%[! $'\t']*}"}
		line=${line%"${line##*[! $'\t']}"}
		case $line in
		'' | '#'*) continue ;;
		-*) ;;
		*) die 2 "$file:$number: '$line' is not an option (they begin with -)" ;;
		esac
		name=${line%%[ $'\t']*}
		value=${line#"$name"}
		value=${value#"${value%%[! $'\t']*}"}
		options+=("$name")
		[ -z "$value" ] || options+=("$value")
	done <"$file"
}
