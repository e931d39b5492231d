// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.itest.flawed.Activator;
import io.hotbus.itest.flawed.Flaw;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

/** The bundle of the flawed bus, from installation to close. */
final class FlawedBundle implements AutoCloseable {
    private static final Bundle US = FrameworkUtil.getBundle(FlawedBundle.class);
    private static final String FOLDER =
            Activator.class.getPackageName().replace('.', '/');

    private final Bundle bundle;

    FlawedBundle(Flaw flaw) throws BundleException, IOException {
        bundle = US.getBundleContext().installBundle("flawed:" + flaw, jar(flaw));
        bundle.start();
    }

    private static InputStream jar(Flaw flaw) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "flawed");
        headers.putValue(Constants.BUNDLE_ACTIVATOR, Activator.class.getName());
        headers.putValue(Constants.DYNAMICIMPORT_PACKAGE, "*");
        headers.putValue(Activator.FLAW, flaw.name());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (URL each : Collections.list(US.findEntries(FOLDER, "*.class", false))) {
                jar.putNextEntry(new ZipEntry(each.getPath().substring(1)));
                try (InputStream in = each.openStream()) {
                    in.transferTo(jar);
                }
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Override
    public void close() throws BundleException {
        bundle.uninstall();
    }
}
