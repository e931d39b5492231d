# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# `hotbus new`: creates a bus or a driver to start from.

java_words=' abstract assert boolean break byte case catch char class const continue default do double else
enum extends final finally float for goto if implements import instanceof int interface long native new
package private protected public return short static strictfp super switch synchronized this throw throws
transient try void volatile while true false null '
java_words=${java_words//$'\n'/ }

run_new() {
	local kind=${1:-} name='' folder='' package='' word LC_ALL=C
	case $kind in
	-h | --help) help_of new; exit 0 ;;
	bus | pmd) shift ;;
	'') die 2 "new: say what, bus or pmd (see launcher/hotbus new --help)" ;;
	*) die 2 "new: '$kind' is neither bus nor pmd (see launcher/hotbus new --help)" ;;
	esac
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) help_of new; exit 0 ;;
		--dir | --package)
			[ -n "${2:-}" ] || die 2 "new: $1 needs a value (see launcher/hotbus new --help)"
			[ "$1" = --dir ] && folder=$2 || package=$2
			shift 2 ;;
		-*) die 2 "new: unknown option '$1' (see launcher/hotbus new --help)" ;;
		*)
			[ -z "$name" ] || die 2 "new: one name at a time, not '$name' and '$1'"
			name=$1; shift ;;
		esac
	done
	[ -n "$name" ] || die 2 "new: how is the $kind to be called? (see launcher/hotbus new --help)"
	[[ $name =~ ^[a-z]{2,20}$ ]] || die 2 "new: '$name' is no name: 2 to 20 small letters, as in 'acme'"
	case $kind-$name in
	bus-vdev | bus-pci | pmd-null | pmd-sim) die 2 "new: there is a $kind '$name' already: choose another name" ;;
	esac
	if [ $kind = bus ]; then : "${package:=com.example.bus.$name}"; else : "${package:=com.example.net.$name}"; fi
	[[ $package =~ ^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$ ]] ||
		die 2 "new: '$package' is no Java package of your own, as in org.acme.net"
	for word in ${package//./ }; do
		case $java_words in *" $word "*) die 2 "new: '$word' is a word of the language Java: give another --package" ;; esac
	done
	case $package in java | java.*) die 2 "new: packages that begin with java are Java's own: give another --package" ;; esac
	case $package in io.hotbus | io.hotbus.*) die 2 "new: the package $package is ours: give one of your own" ;; esac
	if [ -z "$folder" ]; then [ $kind = bus ] && folder=bus.$name || folder=net.$name; fi
	if [ -e "$folder" ] && { [ ! -d "$folder" ] || [ -n "$(ls -A "$folder")" ]; }; then
		die 2 "new: $folder is there already and not empty: name another folder with --dir"
	fi
	build
	mkdir -p "$folder" || die 1 "new: cannot make $folder"
	generate "$launcher/template/$kind" "$folder" "$name" "$package"
	say "made the $kind '$name' in $folder"
	sed -n '/^```/,/^```/{/^```/!p}' "$folder/README.md" | sed '/^$/q'
}

# Copies a template and replaces its names (acme, Acme, com.example.bus.acme) by the given names.
generate() {
	local template=$1 folder=$2 name=$3 package=$4 file target url rename edit
	url=file://$(sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/#/%23/g' <<<"$repository")
	# By way of characters that no source has, so that nothing is replaced twice.
	rename="s|com/example/[a-z]*/acme|\x01|g; s|com[.]example[.][a-z]*[.]acme|\x02|g; s/Acme/\x03/g; s/acme/\x04/g
		s|\x01|${package//.//}|g; s|\x02|$package|g; s|\x03|${name^}|g; s|\x04|$name|g"
	edit="$rename; s|@REPOSITORY@|$url|; s|@VERSION@|$(version | cut -d ' ' -f 2)|
		s|@LAUNCHER@|$launcher/hotbus|g; s|@DEPLOY@|${HOTBUS_DEPLOY:-$launcher/deploy}|g"
	while IFS= read -r file; do
		target=$folder/$(sed "$rename" <<<"$file")
		mkdir -p "$(dirname "$target")"
		sed "$edit" "$template/$file" >"$target"
	done < <(cd "$template" && find . -type f | sed 's|^[.]/||')
}
