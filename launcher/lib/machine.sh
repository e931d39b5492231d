# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the machine has Java and the programs that the build needs.

java_major() { # of the JDK at $1
	local v
	v=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$1/release" 2>/dev/null) || true
	[ -n "$v" ] || v=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1) || true
	case $v in 1.*) v=${v#1.} ;; esac
	printf '%s\n' "${v%%[!0-9]*}"
}

# Sets JAVA_HOME and java_version, or reports what is wrong.
find_java() {
	if [ -z "${JAVA_HOME:-}" ]; then
		local java
		java=$(command -v java) || die 3 "no Java is installed here: install a JDK 17 or later (Debian:" \
			"apt-get install openjdk-17-jdk-headless), or set JAVA_HOME to one"
		JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$java")")")
		export JAVA_HOME
	fi
	[ -x "$JAVA_HOME/bin/java" ] || die 3 "JAVA_HOME=$JAVA_HOME has no bin/java: set it to a JDK 17 or later"
	java_version=$(java_major "$JAVA_HOME")
	[ "${java_version:-0}" -ge 17 ] || die 3 \
		"Java ${java_version:-?} in $JAVA_HOME is too old: set JAVA_HOME to a JDK 17 or later"
	# From JDK 24 on, what a driver platform does wants to be allowed in so many words.
	access_options=()
	[ "$java_version" -lt 24 ] ||
		access_options=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
}

# Creates the folder for the results of the build.
make_target() {
	mkdir -p "$launcher/target" 2>/dev/null && [ -w "$launcher/target" ] ||
		die 3 "cannot write to $launcher/target: build as the owner of the checkout, in a place that is not read-only"
}

# Installs the given packages, which PURPOSE needs, or reports what to do.
install_packages() {
	local purpose=$1 packages=$2
	[ -n "$packages" ] || return 0
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		die 3 "$purpose needs what this machine lacks: $packages(Debian: run as root once, or 'apt-get install $packages')"
	fi
	say "installing what $purpose needs: $packages"
	make_target
	# shellcheck disable=SC2086  # a list of words
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends $packages; } \
		</dev/null >"$launcher/target/apt.log" 2>&1 ||
		die 3 "apt-get could not install them: $(tail -n 1 "$launcher/target/apt.log") (see launcher/target/apt.log)"
}

need_build_tools() {
	local packages=''
	if [ -n "${JAVA_HOME:-}" ]; then
		find_java
		[ -x "$JAVA_HOME/bin/javac" ] || die 3 "JAVA_HOME=$JAVA_HOME has no bin/javac: set it to a JDK, not a JRE"
	else
		command -v java >/dev/null && command -v javac >/dev/null || packages+='openjdk-17-jdk-headless '
	fi
	command -v mvn >/dev/null || packages+='maven '
	command -v make >/dev/null || packages+='make '
	command -v gcc >/dev/null || command -v clang >/dev/null || packages+='gcc libc6-dev '
	install_packages 'the build' "$packages"
}
