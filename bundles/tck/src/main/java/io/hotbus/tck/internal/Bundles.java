// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Driver;
import io.hotbus.ethdev.Port;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/** Finds and stops the bundles that a device depends on. */
public final class Bundles {
    private final Platform platform;
    private final BundleContext context =
            FrameworkUtil.getBundle(Bundles.class).getBundleContext();

    public Bundles(Platform platform) {
        this.platform = platform;
    }

    /** The bundle of the bus {@code name}. */
    public Bundle ofBus(String name) {
        return platform.busReference(name).orElseThrow().getBundle();
    }

    /**
     * The bundle of the driver that drives the attached {@code testee}. The port names the driver,
     * or the name of the device begins with the name of the driver.
     *
     * @throws TestAbortedException no bundle but that of the bus provides the driver
     */
    public Bundle ofDriver(Testee testee) {
        Bundle bus = ofBus(testee.device().busName());
        String named = testee.port().map(Port::info).map(info -> info.driver()).orElse("");
        return Stream.of(context.getBundles())
                .filter(bundle -> bundle.getState() == Bundle.ACTIVE && !bundle.equals(bus))
                .filter(bundle -> quality(bundle, named, testee.name()) > 0)
                .max(Comparator.comparingInt(bundle -> quality(bundle, named, testee.name())))
                .orElseThrow(() -> new TestAbortedException(testee.name()
                        + " is driven by its bus: no other bundle has a Driver service for it"));
    }

    private int quality(Bundle bundle, String named, String device) {
        ServiceReference<?>[] registered = bundle.getRegisteredServices();
        return registered == null ? 0 : Stream.of(registered)
                .filter(reference -> isDriver(bundle, reference))
                .map(reference -> Optional.ofNullable((Driver) context.getService(reference)))
                .flatMap(Optional::stream).map(Driver::name)
                .mapToInt(name -> name.equals(named) ? Integer.MAX_VALUE
                        : device.startsWith(name) ? name.length() : 0).max().orElse(0);
    }

    /** Looks at the service's classes, since getting the services would activate them all. */
    private static boolean isDriver(Bundle bundle, ServiceReference<?> reference) {
        return Stream.of((String[]) reference.getProperty(Constants.OBJECTCLASS)).anyMatch(type -> {
            try {
                return Driver.class.isAssignableFrom(bundle.loadClass(type));
            } catch (ClassNotFoundException | LinkageError e) {
                return false;
            }
        });
    }

    /** Stops {@code bundle}, runs {@code what}, and starts the bundle again even on failure. */
    public void without(Bundle bundle, Action what) throws Exception {
        bundle.stop(Bundle.STOP_TRANSIENT);
        try {
            what.run();
        } finally {
            start(bundle);
        }
    }

    private static void start(Bundle bundle) {
        try {
            bundle.start(Bundle.START_TRANSIENT);
        } catch (BundleException e) {
            throw new AssertionError(bundle + " cannot be started again: " + e.getMessage(), e);
        }
    }

    /** The code to run while a bundle is stopped. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }
}
