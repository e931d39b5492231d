# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# `hotbus package`: Debian packages of the product as it is built.

run_package() {
	local out=$launcher/target/packages
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) help_of package; exit 0 ;;
		-o)
			[ -n "${2:-}" ] || die 2 "package: -o needs a folder (see $program package --help)"
			out=$2; shift 2 ;;
		*) die 2 "package: unknown option '$1' (see $program package --help)" ;;
		esac
	done
	need_package_tools
	build
	mkdir -p "$out" 2>/dev/null && [ -w "$out" ] || die 1 "package: cannot write to the folder $out"
	make_packages "$(cd "$out" && pwd)"
}

need_package_tools() {
	local packages=''
	command -v python3 >/dev/null || packages+='python3 '
	command -v dh >/dev/null || packages+='debhelper '
	command -v dh_dkms >/dev/null || packages+='dh-dkms '
	install_packages 'making packages' "$packages"
}

# Lays out the sources of the packages in a folder, lets debhelper make them, and moves them to folder $1.
make_packages() {
	local out=$1 parts=$launcher/target/package log=$launcher/target/package.log package number
	number=$(version); number=${number#hotbus }
	: "${SOURCE_DATE_EPOCH:=$(release_time)}"
	export SOURCE_DATE_EPOCH
	rm -rf "$parts"
	mkdir -p "$parts/hotbus"
	(
		umask 022
		cd "$parts/hotbus"
		lay_out_product "$number"
		lay_out_debian "$number"
	) || die 1 "package: cannot lay out the packages in $parts"
	(cd "$parts/hotbus" && debian/rules binary) </dev/null >"$log" 2>&1 ||
		die 1 "package: debhelper failed: $(tail -n 1 "$log") (see launcher/target/package.log)"
	for package in "$parts"/*.deb; do
		mv "$package" "$out/"
		printf '%s\n' "$out/${package##*/}"
	done
}

# The time of the release, which the jars have as well.
release_time() {
	date -u +%s -d "$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</project.build.outputTimestamp>.*|\1|p' "$top/pom.xml")"
}

# The product as it is installed, in the current folder: the launcher without its commands for sources.
lay_out_product() {
	local home=usr/share/hotbus edit
	# The paths of this folder in messages and texts become those of the installation; $launcher stays.
	edit='s@\(^\|[^$]\)launcher/hotbus@\1hotbus@g; s@\(^\|[^$]\)launcher/deploy@\1/var/lib/hotbus/deploy@g
		s@\(^\|[^$]\)launcher/etc@\1/etc/hotbus@g; s@\(^\|[^$]\)launcher/jvm[.]@\1/usr/share/hotbus/jvm.@g
		s@docs/\([a-z]*[.]md\)@/usr/share/doc/hotbus/docs/\1@g'
	mkdir -p "$home/lib" "$home/help" "$home/target" etc/hotbus usr/bin usr/share/bash-completion/completions
	cp -r --no-preserve=mode,ownership "$export_dir" "$home/target/export"
	cp --no-preserve=mode,ownership "$launcher/jvm.options" "$home/"
	cp --no-preserve=mode,ownership "$launcher"/etc/* etc/hotbus/
	ln -s /etc/hotbus "$home/etc"
	ln -s /var/lib/hotbus/deploy "$home/deploy"
	ln -s /var/lib/hotbus/classes.jsa "$home/target/classes.jsa" # made when it is installed
	ln -s ../share/hotbus/hotbus usr/bin/hotbus
	sed "$edit" "$launcher/hotbus" >"$home/hotbus"
	chmod 755 "$home/hotbus"
	for part in archive machine report run service top; do sed "$edit" "$launcher/lib/$part.sh" >"$home/lib/$part.sh"; done
	# The last one that is read, so that it wins.
	sed "s|@VERSION@|$1|" "$launcher/package/installed.sh" >"$home/lib/version.sh"
	for part in app archive check demo doctor password report run service shell top; do
		sed "$edit" "$launcher/help/$part.txt" >"$home/help/$part.txt"
	done
	sed "$edit; /^  \(new\|test\|bench\|rig\|package\|build\)  /d; /^What is missing for the build/,/^\$/d" \
		"$launcher/help/hotbus.txt" >"$home/help/hotbus.txt"
	mkdir -p "$home/top"
	for part in "$launcher"/top/*.py; do sed "$edit" "$part" >"$home/top/${part##*/}"; done
	cp --no-preserve=mode,ownership "$launcher/package/hotbus.bash" usr/share/bash-completion/completions/hotbus
	python3 "$launcher/package/man.py" "$home/help" man "$1" "$SOURCE_DATE_EPOCH"
}

# What debhelper reads: our folder debian/, with the names of files, and the changelog.
lay_out_debian() {
	local module
	module=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/kmod/dkms.conf")
	cp -r "$launcher/package/debian" "$launcher/package/examples" .
	cp -r "$top/kmod" "$top/docs" .
	make -s -C kmod/igb_uio clean >/dev/null 2>&1 || true
	cp "$top/README.md" "$top/CHANGELOG.md" .
	sed -i "s|#MODULE_VERSION#|$module|" debian/hotbus-dkms.install
	cp kmod/dkms.conf debian/hotbus-dkms.dkms
	printf 'hotbus (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of hotbus-doc.\n\n -- %s  %s\n' "$1" \
		"$(sed -n 's/^Maintainer: //p' debian/control)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" >debian/changelog
}
