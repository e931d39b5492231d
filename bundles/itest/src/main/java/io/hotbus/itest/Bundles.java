// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.FrameworkWiring;

/** Finds, makes and updates bundles of the running framework. */
final class Bundles {
    private static final Bundle SELF = FrameworkUtil.getBundle(Bundles.class);
    private static final String FIXTURES = "io.hotbus.itest.fixture.";

    private Bundles() {
    }

    /** The bundle with the symbolic name {@code io.hotbus.NAME}. */
    static Bundle named(String name) {
        return Arrays.stream(SELF.getBundleContext().getBundles())
                .filter(bundle -> ("io.hotbus." + name).equals(bundle.getSymbolicName()))
                .findFirst().orElseThrow(() -> new AssertionError("no bundle " + name));
    }

    /** Updates {@code bundles} from their locations, and refreshes the bundles that use them. */
    static void update(Bundle... bundles) throws BundleException, InterruptedException {
        for (Bundle bundle : bundles) {
            if (isFixture(bundle)) {
                bundle.update(jar(bundle.getSymbolicName()));
            } else {
                bundle.update();
            }
        }
        refresh(bundles);
    }

    /** Refreshes {@code bundles}; returns when their users have started with the new code. */
    static void refresh(Bundle... bundles) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        SELF.getBundleContext().getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkWiring.class)
                .refreshBundles(List.of(bundles), event -> refreshed.countDown());
        if (!refreshed.await(Application.DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("refreshing " + Arrays.toString(bundles) + " does not end");
        }
    }

    /**
     * Makes a bundle of the classes of the package {@code io.hotbus.itest.fixture.NAME}, whose
     * activator is the class {@code Activator} there, and starts it.
     */
    static Bundle startFixture(String name) throws BundleException {
        Bundle bundle = SELF.getBundleContext()
                .installBundle("fixture:" + name, jar(FIXTURES + name));
        bundle.start();
        return bundle;
    }

    private static boolean isFixture(Bundle bundle) {
        return bundle.getSymbolicName().startsWith(FIXTURES);
    }

    private static InputStream jar(String packageName) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest(packageName))) {
            String folder = packageName.replace('.', '/');
            for (URL url : Collections.list(SELF.findEntries(folder, "*.class", false))) {
                jar.putNextEntry(new ZipEntry(url.getPath().substring(1)));
                try (InputStream entry = url.openStream()) {
                    entry.transferTo(jar);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static Manifest manifest(String packageName) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        main.putValue(Constants.BUNDLE_SYMBOLICNAME, packageName);
        main.putValue(Constants.BUNDLE_ACTIVATOR, packageName + ".Activator");
        main.putValue(Constants.IMPORT_PACKAGE, "org.osgi.framework,io.hotbus.eal.bus,"
                + "io.hotbus.eal.hotplug,io.hotbus.eal.io,io.hotbus.cli,io.hotbus.bus.vdev;"
                + "resolution:=optional");
        return manifest;
    }
}
