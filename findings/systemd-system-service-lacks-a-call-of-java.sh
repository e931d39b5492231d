#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# systemd 252.39-1~deb12u2 (Debian 12; shown with strace 6.1-0.1): the set @system-service of SystemCallFilter=, which
# systemd.exec(5) names as a starting point for system services, lacks mincore(2), though madvise(2), mlock(2) and
# membarrier(2) are in it. No other set has it, but for @known, which has all calls. OpenJDK 17 calls mincore in
# MappedByteBuffer.isLoaded(), and drivers in user space ask it whether the pages of their memory are there. A unit with
# SystemCallFilter=@system-service works until then, and the call fails (with SystemCallErrorNumber=) or ends the
# process.
#
# What helps: SystemCallFilter=@system-service mincore.
set -euo pipefail
java=${JAVA_HOME:-/usr/lib/jvm/java-17-openjdk-$(dpkg --print-architecture)}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2 strace=6.1-0.1 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" "$work"; done
export LD_LIBRARY_PATH="$work/usr/lib/$(dpkg --print-architecture | sed s/amd64/x86_64/\;s/arm64/aarch64/)-linux-gnu/systemd"
analyze() { "$work/usr/bin/systemd-analyze" --no-pager syscall-filter "$@"; }
analyze --version >version
head -n 1 version
# A set may hold other sets.
in_set() { # set, call
	local each
	while read -r each; do
		case $each in
		"$2") return 0 ;;
		@*) [ "$each" = "$1" ] || ! in_set "$each" "$2" || return 0 ;;
		esac
	done < <(analyze "$1" | sed 's/^ *//; /^#/d')
	return 1
}
for call in madvise mlock membarrier mincore; do
	if in_set @system-service $call; then echo "@system-service: $call"; else echo "@system-service lacks $call"; fi
done | tee printed
cat >Ask.java <<'JAVA'
import java.nio.channels.FileChannel;
import java.nio.file.Path;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (FileChannel file = FileChannel.open(Path.of(args[0]))) {
            file.map(FileChannel.MapMode.READ_ONLY, 0, file.size()).isLoaded();
        }
    }
}
JAVA
"$java/javac" Ask.java
"$work/usr/bin/strace" -f -qq -e trace=mincore -o calls "$java/java" -cp . Ask Ask.java
grep -q 'mincore(' calls && echo 'isLoaded: mincore' | tee -a printed
cmp printed - <<'END'
@system-service: madvise
@system-service: mlock
@system-service: membarrier
@system-service lacks mincore
isLoaded: mincore
END
echo 'as described'
