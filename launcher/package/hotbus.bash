# SPDX-License-Identifier: Apache-2.0
# Completion for bash: commands, their options, and devargs, all from the texts of `hotbus --help`.

_hotbus_help() { # the folder of the texts of the program $1
	local program
	program=$(readlink -f "$(type -P "$1")") && printf '%s/help\n' "${program%/*}"
}

_hotbus_devargs() { # completes the word $1: the name of a driver, then its keys
	local texts=$2 word=$1 driver
	case $word in
	*,*)
		driver=${word%%,*}
		driver=${driver%"${driver##*[!0-9]}"}
		mapfile -t COMPREPLY < <(compgen -P "${word%,*}," -W "$(
			sed -n "/^  ${driver}N /,/^  [^ ]/{/^  ${driver}N /p;/^   /p}" "$texts/run.txt" |
				grep -oE '[a-z_-]+=' | sort -u)" -- "${word##*,}")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^  \(net_[a-z_]*\)N .*/\10/p' "$texts/run.txt")" -- "$word")
		;;
	esac
	compopt -o nospace
}

_hotbus() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]:-} texts i
	texts=$(_hotbus_help "$1") || return 0
	COMPREPLY=()
	# A word that bash has split at '=' or ':' is put together again.
	for ((i = COMP_CWORD; i > 1; i--)); do
		case ${COMP_WORDS[i]} in [=:]*) ;; *) case ${COMP_WORDS[i - 1]} in [=:]) ;; *) break ;; esac ;; esac
	done
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^  \([a-z]*\)  .*/\1/p' "$texts/hotbus.txt") --help --version" -- "$word")
		return
	fi
	[ -r "$texts/$command.txt" ] || return 0
	[ "$i" = "$COMP_CWORD" ] || before=${COMP_WORDS[i - 1]}
	case $before in
	--vdev)
		_hotbus_devargs "$word" "$texts" ;;
	-a | --allow)
		mapfile -t COMPREPLY < <(cd /sys/bus/pci/devices 2>/dev/null && compgen -W "$(echo *)" -- "$word")
		type __ltrim_colon_completions >/dev/null 2>&1 && __ltrim_colon_completions "$word"
		;;
	--forward-mode)
		mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/--forward-mode ENGINE/,/^  -/{s/.*engine: //;/--/!p}' "$texts/run.txt" |
			sed 's/([^)]*)//g; s/,/ /g' | tr '\n' ' ')" -- "$word")
		;;
	--port-topology)
		mapfile -t COMPREPLY < <(compgen -W 'paired chained loop' -- "$word") ;;
	--json | --event-log | --cmdline-file | --html | service)
		mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "--help $(sed -n 's/^  \(-.*\)/\1/p' "$texts/$command.txt" | sed 's/   .*//' |
			grep -oE -- '(^|[ ,])--?[a-z][a-z-]*' | tr -d ' ,')" -- "$word")
		;;
	esac
}
complete -F _hotbus hotbus
