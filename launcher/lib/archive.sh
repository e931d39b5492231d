# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# `hotbus archive`: the archive of classes (class data sharing), by which the product starts sooner.

# The file, which may be elsewhere: an installed product has a link there.
archive_file() { readlink -m "$launcher/target/classes.jsa"; }

run_archive() {
	[ $# = 0 ] || { help_of archive; [ "$1" = --help ] || [ "$1" = -h ] || exit 2; exit 0; }
	build
	find_java
	[ -w "$(dirname "$(archive_file)")" ] || die 3 "cannot write to $(archive_file): archive as the owner of its folder"
	archive_classes || exit 1
	say "archived: $(archive_file)"
}

# Lets the product run for a moment, in folders of its own, and archives the classes that it has loaded and linked: those of
# its bundles are all loaded (hotbus.preload), also of devices that this machine has not.
# Without an archive everything works as well.
archive_classes() {
	local archive work
	archive=$(archive_file)
	rm -f "$archive" # the JVM does not write one while it uses another
	work=$(mktemp -d)
	mkdir "$work/etc" "$work/deploy"
	if HOTBUS_ETC=$work/etc HOTBUS_DEPLOY=$work/deploy HOTBUS_STATE_DIR=$work/state RUNTIME_DIRECTORY=$work \
		HOTBUS_JAVA_OPTS="-Dhotbus.preload=true -XX:ArchiveClassesAtExit=$archive -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off" \
		timeout --foreground 60 "$launcher"/hotbus run --vdev net_sim0,peer=net_sim1 --vdev net_sim1 --vdev net_null0 \
		--exec 'start tx_first; device yank net_sim0; wait port net_sim0 gone; device plug net_sim0;
			wait port net_sim0 started; show port info all; show port stats all; pci list; stop' \
		</dev/null >"$work/log" 2>&1 && [ -e "$archive" ]; then
		rm -rf "$work"
		return 0
	fi
	say "classes are not archived, so the product starts more slowly: $(tail -n 1 "$work/log") (see $work/log)"
	return 1
}
