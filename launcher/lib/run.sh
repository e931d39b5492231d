# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts the product: `demo`, `run` and `shell`.

# ---- where bundles and native libraries are unpacked --------------------------------------------

# Prints the possible folders, the best first.
runtime_folders() {
	local me
	me=$(id -u)
	if [ -n "${HOTBUS_RUNTIME_DIR:-}" ]; then
		printf '%s\n' "$HOTBUS_RUNTIME_DIR"
		return
	fi
	if [ "$me" = 0 ]; then
		printf '%s\n' /run/hotbus /var/cache/hotbus
	else
		[ -z "${XDG_RUNTIME_DIR:-}" ] || printf '%s\n' "$XDG_RUNTIME_DIR/hotbus"
		[ -z "${XDG_CACHE_HOME:-}" ] || printf '%s\n' "$XDG_CACHE_HOME/hotbus"
		[ -z "${HOME:-}" ] || printf '%s\n' "$HOME/.cache/hotbus"
	fi
	printf '%s\n' "${TMPDIR:-/tmp}/hotbus-$me" "/var/tmp/hotbus-$me" "/dev/shm/hotbus-$me"
}

# Prints why a native library cannot be unpacked into folder $1 and loaded there; nothing if it can.
runtime_obstacle() {
	local folder=$1 error probe
	if [[ $folder != /* ]] || [[ $folder = *[:!]* ]]; then
		echo "is not an absolute path without ':' and '!'"
	elif ! error=$(umask 077 && mkdir -p "$folder" 2>&1); then
		echo "cannot be made (${error##*: })"
	elif [ -L "$folder" ] || [ ! -O "$folder" ]; then
		echo "is not a folder of user $(id -un)"
	elif [ $((0$(stat -c %a "$folder") & 022)) != 0 ]; then
		echo "can be written to by others"
	elif ! probe=$(mktemp "$folder/probe.XXXXXX" 2>&1); then
		echo "cannot be written to (${probe##*: })"
	else
		# A copy of the library of this size has to fit, and the bundles.
		if ! error=$(dd if=/dev/zero of="$probe" bs=1M count=16 2>&1); then
			echo "has less than 16 MiB left"
		else
			printf '#!/bin/sh\n' >"$probe"
			chmod 700 "$probe"
			"$probe" 2>/dev/null || echo "is mounted noexec"
		fi
		rm -f "$probe"
	fi
}

# Chooses a folder and creates a subfolder for this process, which holds a lock on the subfolder as
# long as it lives. Removes subfolders whose process is gone. Locks also work across PID namespaces.
make_cache() {
	local base='' folder obstacle obstacles='' dir
	while IFS= read -r folder; do
		obstacle=$(runtime_obstacle "$folder")
		if [ -z "$obstacle" ]; then
			base=$folder
			break
		fi
		obstacles+="${obstacles:+; }$folder $obstacle"
	done < <(runtime_folders)
	[ -n "$base" ] || die 3 "there is no folder to load native libraries from: $obstacles." \
		"Set HOTBUS_RUNTIME_DIR to a folder of yours that is not mounted noexec"
	[ -z "$obstacles" ] || say "bundles are unpacked into $base ($obstacles)"
	exec 9<"$base"
	flock 9
	for dir in "$base"/*/; do
		if [ -d "$dir" ] && flock --nonblock "$dir" true 2>/dev/null; then rm -rf "$dir"; fi
	done
	cache=$(mktemp -d "$base/$$.XXXXXX")
	exec 8<"$cache" # the JVM inherits it
	flock --shared 8
	exec 9<&-
	mkdir "$cache/tmp"
}

# Prints the folder of the class path. A class path separates by colons, which the folder may have.
class_path_folder() {
	case $export_dir in
	*:*) ln -s "$export_dir/lib" "$cache/lib" && echo "$cache/lib" ;;
	*) echo "$export_dir/lib" ;;
	esac
}

# ---- what may be executed -----------------------------------------------------------------------

# Makes sure that no other user decides what runs here with our rights. Refuses the folder that
# HOTBUS_x names if another user may write to it or replace it. The owner of the launcher is trusted
# like root, because this user can also change the launcher.
require_own() {
	local folder=$1 variable=$2 owner group mode path
	mkdir -p "$folder" 2>/dev/null && folder=$(readlink -e "$folder") && [ -d "$folder" ] ||
		die 3 "cannot make the folder $1: set $variable to one that can be"
	[ -r "$folder" ] && [ -x "$folder" ] ||
		die 3 "cannot read the folder $folder as user $(id -un): chmod a+rx '$folder', or set $variable to another"
	for path in "$folder" "$folder"/*.jar "$folder"/*.cfg "$folder"/*.config; do
		[ -e "$path" ] || continue
		read -r owner group mode < <(stat -L -c '%u %G %a' "$path")
		case $owner in
		0 | "$(id -u)" | "$(stat -c %u "$launcher")") ;;
		*) die 3 "$path belongs to $(stat -L -c %U "$path"), who could have any code run here: chown $(id -un) '$path'" ;;
		esac
		[ $((0$mode & 02)) = 0 ] && { [ $((0$mode & 020)) = 0 ] || private_group "$group"; } ||
			die 3 "others may write to $path and have any code run here: chmod go-w '$path'"
		[ ! -L "$path" ] || require_fixed "$(readlink -e "$path")"
	done
	require_fixed "$folder"
}

# Refuses the path, which contains no links, if other users may replace it.
require_fixed() {
	local folder=$1 mode
	while [ "$folder" != / ]; do
		folder=$(dirname "$folder")
		mode=$(stat -c %a "$folder")
		[ $((0$mode & 02)) = 0 ] || [ $((0$mode & 01000)) != 0 ] ||
			die 3 "others may write to $folder and put another $(basename "$1") in its place: chmod o-w '$folder'"
	done
}

# Tells whether the group belongs to one user only. Debian and others create such groups.
private_group() {
	[ "$1" = root ] || [ "$1" = "$(id -un)" ] || [ "$1" = "$(stat -c %U "$launcher")" ]
}

# ---- the JVM --------------------------------------------------------------------------------------

# Prints our flags, one per line. HOTBUS_JAVA_OPTS wins: its collector replaces ours, and its heap
# may be smaller than our initial heap.
jvm_flags() {
	local flag
	while IFS= read -r flag; do
		case $flag in
		'' | '#'*) ;;
		-XX:+Use*GC) [[ ${HOTBUS_JAVA_OPTS:-} = *-XX:+Use*GC* ]] || printf '%s\n' "$flag" ;;
		-Xms*) [[ ${HOTBUS_JAVA_OPTS:-} = *-Xmx* ]] || printf '%s\n' "$flag" ;;
		*) printf '%s\n' "$flag" ;;
		esac
	done <"$launcher/jvm.options"
}

# Prints the flags for the archive of classes in launcher $1, one per line. The JVM takes none that was made by another
# JDK, of other jars, or with another class path, and has no need to say so.
archive_flags() {
	printf '%s\n' "-XX:SharedArchiveFile=$1/target/classes.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off
}

# Prints the command-line words that start the product, one per line. The rig uses them, too.
# $1 is the launcher's folder, $2 the folder of this process, $3 the folder of the class path, $4 where the log goes.
product_words() {
	printf '%s\n' "-Dlogback.configurationFile=$1/etc/${4:-logback}.xml" "-Dhotbus.home=$1" "-Dhotbus.cache=$2" \
		-cp "$3/*" io.hotbus.launch.Main
}

# Prints where the log goes: to the terminal or a file, or to systemd's journal, with fields.
log_target() {
	if [ -n "${JOURNAL_STREAM:-}" ] && [ "$JOURNAL_STREAM" = "$(stat -L -c %d:%i /dev/stderr)" ]; then
		echo journal
	else
		echo logback
	fi
}

# Like product_words, for the bundles that watch etc/ ($1) and deploy/ ($2).
watch_words() {
	printf '%s\n' "-Dfelix.fileinstall.dir=$1" "-Dhotbus.deploy=$2"
}

# Adds the options for the bundles that watch deploy/ and etc/.
watch_options() {
	local deploy=${HOTBUS_DEPLOY:-$launcher/deploy} etc=${HOTBUS_ETC:-$launcher/etc}
	case $etc in *,*) die 2 "HOTBUS_ETC names one folder, without a comma" ;; esac
	require_own "$deploy" HOTBUS_DEPLOY
	require_own "$etc" HOTBUS_ETC
	mapfile -t -O "${#options[@]}" options < <(watch_words "$(readlink -e "$etc")" "$(readlink -e "$deploy")")
}

# Starts the framework with a command of the product and the arguments of that command.
run_jvm() {
	local command=$1 options=() flags=() product=() limit
	case $(uname -sm) in
	'Linux x86_64' | 'Linux aarch64') ;;
	*) die 3 "hotbus runs on Linux on x86-64 or aarch64; this is $(uname -sm)" ;;
	esac
	limit=$(ulimit -Hn) # the JVM raises the soft limit itself
	[ "$limit" = unlimited ] || [ "$limit" -ge 256 ] ||
		die 3 "only $limit open files are allowed to this process: raise 'ulimit -Hn' to 256 or more"
	build
	find_java
	case $command in demo | password) ;; *) watch_options ;; esac
	case $command in doctor | password) export HOTBUS_LOG=${HOTBUS_LOG:-WARN} ;; esac # the answer is what they print
	[ "$command" != check ] || export HOTBUS_LOG=${HOTBUS_LOG:-OFF} # it says the same, with places
	make_cache
	options+=("-Dhotbus.program=$program")
	[ -r "$launcher/help/$command.txt" ] || options+=("-Dhotbus.usage=app $command")
	if [ "$command" = shell ]; then
		options+=("-Dgosh.home=$launcher")
		# The end of the shell is not the framework's to tell. From a pipe, commands are not Gogo's to read.
		if [ -t 0 ]; then
			options+=('-Dgosh.args=--noshutdown')
		else
			options+=('-Dhotbus.terminal=false' '-Dorg.jline.terminal.dumb=true' '-Dgosh.args=--nointeractive --noshutdown')
		fi
	fi
	mapfile -t flags < <(jvm_flags)
	case $command in check | doctor | password) flags+=(-XX:TieredStopAtLevel=1) ;; esac # ends before the second compiler pays
	[ ! -e "$launcher/target/classes.jsa" ] || mapfile -t -O "${#flags[@]}" flags < <(archive_flags "$launcher")
	mapfile -t product < <(product_words "$launcher" "$cache" "$(class_path_folder)" "$(log_target)")
	# shellcheck disable=SC2086  # HOTBUS_JAVA_OPTS is a list of words
	exec "$JAVA_HOME/bin/java" "${flags[@]}" "${access_options[@]}" ${HOTBUS_JAVA_OPTS:-} "${options[@]}" \
		-Djava.io.tmpdir="$cache/tmp" "${product[@]}" "$@"
}
