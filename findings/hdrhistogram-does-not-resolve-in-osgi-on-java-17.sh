#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# HdrHistogram 2.2.2 (Maven Central) has the manifest of an OSGi bundle, but the bundle cannot be used with Java 11 or
# later: it imports javax.xml.bind, which these have no more, and the import is not optional. Apache Felix 7.0.5 on
# JDK 17 installs it and refuses to start it, and a resolver finds no solution for any bundle that imports
# org.HdrHistogram. The same jar on the class path needs no javax.xml.bind.
#
# What helps: copy the package into one's own bundle (bnd: -conditionalpackage: org.HdrHistogram*, and
# Import-Package: !javax.xml.bind,*).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for artifact in org.hdrhistogram:HdrHistogram:2.2.2 org.apache.felix:org.apache.felix.framework:7.0.5; do
	mvn -q -B --no-transfer-progress dependency:copy -Dartifact="$artifact" -DoutputDirectory="$work"
done
cat >"$work/Start.java" <<'JAVA'
import java.io.File;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

public class Start {
    public static void main(String[] args) throws Exception {
        Histogram histogram = new Histogram(2);
        histogram.recordValue(42);
        System.out.println("on the class path: max " + histogram.getMaxValue());
        Framework felix = new org.apache.felix.framework.FrameworkFactory().newFramework(
                Map.of(Constants.FRAMEWORK_STORAGE, args[0] + "/cache"));
        felix.start();
        Bundle bundle = felix.getBundleContext().installBundle(new File(args[0], "HdrHistogram-2.2.2.jar").toURI().toString());
        try {
            bundle.start();
            System.out.println("in the framework: started");
        } catch (BundleException e) {
            System.out.println("in the framework: unresolved, javax.xml.bind is missing: "
                    + (e.getType() == BundleException.RESOLVE_ERROR && e.getMessage().contains("javax.xml.bind")));
        }
        felix.stop();
        felix.waitForStop(10_000);
    }
}
JAVA
java -cp "$work/*" "$work/Start.java" "$work" | tee "$work/printed"
cmp "$work/printed" - <<'END'
on the class path: max 42
in the framework: unresolved, javax.xml.bind is missing: true
END
echo 'as described'
