// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Await;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.Rehearsal;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rehearses with a simulated NIC. */
@Component(service = Rehearsal.class)
public final class SimulatedRemoval implements Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedRemoval.class);
    private static final String DEVICE = "net_sim63";
    /** The removal is announced late, so that the polling lcore meets it first. */
    private static final String DEVARGS = DEVICE + ",loopback=1,uevent_ms=500";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ROUNDS = 3;

    private final BundleContext context;
    private final FailureHandling failureHandling;
    private final PortLifecycle ports;
    private final Forwarder forwarder;
    private final PortRegistry registry;
    private final PortRemover remover;
    private final Reattach reattach;

    @Activate
    public SimulatedRemoval(BundleContext context,
            @Reference FailureHandling failureHandling, @Reference PortLifecycle ports,
            @Reference Forwarder forwarder, @Reference PortRegistry registry,
            @Reference PortRemover remover, @Reference Reattach reattach) {
        this.context = context;
        this.failureHandling = failureHandling;
        this.ports = ports;
        this.forwarder = forwarder;
        this.registry = registry;
        this.remover = remover;
        this.reattach = reattach;
    }

    @Override
    public void play() throws InterruptedException {
        ServiceReference<RemovalInjector> injector =
                context.getServiceReference(RemovalInjector.class);
        if (!failureHandling.enabled() || injector == null) {
            return;
        }
        LOG.info("rehearsing a removal with a simulated NIC");
        try {
            long nanos = play(context.getService(injector));
            LOG.info("a removal was rehearsed, and cleaned up after in {} ms",
                    String.format(Locale.ROOT, "%.1f", nanos / 1e6));
        } catch (DeviceException e) {
            LOG.warn("a removal was rehearsed, and failed: {}", e.getMessage());
        } finally {
            context.ungetService(injector);
        }
    }

    /** Returns the nanoseconds from the last removal until it was cleaned up after. */
    private long play(RemovalInjector injector) throws DeviceException, InterruptedException {
        long nanos = 0;
        ports.attach(Devargs.parse(DEVARGS));
        forwarder.start(1);
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                nanos = removeAndReturn(injector, round);
            }
        } finally {
            forwarder.stop();
        }
        ports.detach(registry.port(DEVICE).orElseThrow());
        return nanos;
    }

    private long removeAndReturn(RemovalInjector injector, int round)
            throws DeviceException, InterruptedException {
        long yanked = injector.yank(DEVICE);
        await(() -> remover.removals(DEVICE) == round, "it was not cleaned up after");
        long nanos = System.nanoTime() - yanked;
        injector.plug(DEVICE);
        if (!reattach.enabled()) {
            ports.attach(Devargs.parse(DEVARGS));
        }
        await(this::isForwarding, "it was not attached again");
        return nanos;
    }

    private boolean isForwarding() {
        return registry.port(DEVICE).filter(forwarder.ports()::contains).isPresent();
    }

    private static void await(BooleanSupplier condition, String otherwise)
            throws DeviceException, InterruptedException {
        if (!Await.until(condition, PATIENCE)) {
            throw new DeviceException("%s within %s s".formatted(otherwise, PATIENCE.toSeconds()));
        }
    }
}
