#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# An archive for class data sharing that JDK 17 writes at exit (-XX:ArchiveClassesAtExit) holds classes of OSGi bundles,
# too, though Apache Felix 7.0.5 loads these by class loaders of its own, and without options or a list of classes. A
# class comes out of the archive (-XX:SharedArchiveFile) where its name and its bytes are the same, whatever the folder
# of the framework or the place of the bundle is; otherwise it is loaded from the bundle as usual. The class path is
# stricter: where the folder of its jars is another one, nothing of the archive is used.
#
# What helps: keep jars of the class path in a folder whose name stays, and let bundles lie where they like.
set -euo pipefail
java=${JAVA_HOME:-/usr/lib/jvm/java-17-openjdk-$(dpkg --print-architecture)}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/path" "$work/bundles" "$work/classes"
copy() { # artifact, folder
	mvn -q -B --no-transfer-progress dependency:copy -Dartifact="$1" -DoutputDirectory="$2"
}
copy org.apache.felix:org.apache.felix.framework:7.0.5 "$work/path"
copy org.apache.commons:commons-lang3:3.17.0 "$work/bundles"
cat >"$work/Start.java" <<'JAVA'
import java.io.File;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

public class Start {
    public static void main(String[] args) throws Exception {
        Framework felix = new org.apache.felix.framework.FrameworkFactory().newFramework(
                Map.of(Constants.FRAMEWORK_STORAGE, args[0]));
        felix.start();
        Bundle bundle = felix.getBundleContext().installBundle(new File(args[1]).toURI().toString());
        bundle.start();
        bundle.loadClass("org.apache.commons.lang3.StringUtils").getMethod("trim", String.class)
                .invoke(null, " linked ");
        felix.stop();
        felix.waitForStop(10_000);
    }
}
JAVA
"$java/javac" -cp "$work/path/*" -d "$work/classes" "$work/Start.java"
"$java/jar" --create --file "$work/path/start.jar" -C "$work/classes" .
run() { # folder of the class path, folder of the bundle, cache, option
	"$java/java" "$4" -Xlog:class+load:file="$work/loaded" -cp "$work/$1/*" Start "$work/$3" \
		"$work/$2/commons-lang3-3.17.0.jar"
}
where() { # prints where two classes came from
	local class
	for class in org.apache.felix.framework.Felix org.apache.commons.lang3.StringUtils; do
		sed -n "s/^.* $class source: \(shared objects file\).*/$1: $class out of the archive/p
			s/^.* $class source: \(file:\|jar:\|bundle\|org\).*/$1: $class from its jar/p" "$work/loaded"
	done
}
run path bundles cache1 "-XX:ArchiveClassesAtExit=$work/archive" >/dev/null 2>&1
run path bundles cache2 "-XX:SharedArchiveFile=$work/archive"
where 'the same folders' | tee "$work/printed"
mv "$work/bundles" "$work/elsewhere"
run path elsewhere cache3 "-XX:SharedArchiveFile=$work/archive"
where 'the bundle moved' | tee -a "$work/printed"
mv "$work/path" "$work/path2"
run path2 elsewhere cache4 "-XX:SharedArchiveFile=$work/archive"
where 'the class path moved' | tee -a "$work/printed"
cmp "$work/printed" - <<'END'
the same folders: org.apache.felix.framework.Felix out of the archive
the same folders: org.apache.commons.lang3.StringUtils out of the archive
the bundle moved: org.apache.felix.framework.Felix out of the archive
the bundle moved: org.apache.commons.lang3.StringUtils out of the archive
the class path moved: org.apache.felix.framework.Felix from its jar
the class path moved: org.apache.commons.lang3.StringUtils from its jar
END
echo 'as described'
