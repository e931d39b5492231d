#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Apache Felix framework 7.0.5 (org.apache.felix.main 7.0.5, JDK 17): in a locale whose digits are not
# ASCII, no bundle that imports org.osgi.framework resolves, though the same bundle does elsewhere. The
# framework formats numbers of its own configuration with the digits of the default locale.
#
# Seen on JDK 17.0.15 with ar-EG, for org.apache.felix.log 1.3.0:
#   missing requirement ... osgi.wiring.package; (&(osgi.wiring.package=org.osgi.framework)...)
# The process then runs on, without any bundle active. With Locale.setDefault(Locale.ROOT) as the first
# statement of the program, all is well.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for artifact in org.apache.felix:org.apache.felix.main:7.0.5 org.apache.felix:org.apache.felix.log:1.3.0; do
	mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$work" -Dmdep.useBaseVersion=true
done

cat >"$work/Start.java" <<'JAVA'
import java.io.File;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

public class Start {
    public static void main(String[] arguments) throws Exception {
        Framework framework = new org.apache.felix.framework.FrameworkFactory().newFramework(
                Map.of("org.osgi.framework.storage", arguments[1], "felix.log.level", "0"));
        framework.start();
        Bundle bundle = framework.getBundleContext()
                .installBundle(new File(arguments[0]).toURI().toString());
        try {
            bundle.start();
            System.out.println("active");
        } catch (BundleException e) {
            System.out.println(e.getMessage());
        }
        framework.stop();
        framework.waitForStop(0);
    }
}
JAVA
start() { # LANGUAGE COUNTRY
	java -Duser.language="$1" -Duser.country="$2" -cp "$work/org.apache.felix.main-7.0.5.jar" "$work/Start.java" \
		"$work/org.apache.felix.log-1.3.0.jar" "$work/cache-$1"
}

start en US | tee "$work/en"
start ar EG | tee "$work/ar"
grep -qx active "$work/en"
grep -q 'missing requirement.*osgi.wiring.package=org.osgi.framework' "$work/ar"
echo "as described"
