// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.app.Await;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.Rehearsal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rehearses with the simulated NIC that framework property {@value #PROPERTY} names, if any. */
@Component(service = Rehearsal.class)
public final class SimulatedRemoval implements Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedRemoval.class);
    /** Framework property: devargs of a device that can be pulled out and plugged in here. */
    static final String PROPERTY = "hotbus.rehearsal.device";
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
        Optional<Devargs> device = device();
        if (!failureHandling.enabled() || injector == null || device.isEmpty()) {
            return;
        }
        LOG.info("rehearsing a removal with a simulated NIC");
        try {
            long nanos = play(device.get(), context.getService(injector));
            LOG.info("a removal was rehearsed, and cleaned up after in {} ms",
                    String.format(Locale.ROOT, "%.1f", nanos / 1e6));
        } catch (DeviceException e) {
            LOG.warn("a removal was rehearsed, and failed: {}", e.getMessage());
        } finally {
            context.ungetService(injector);
        }
    }

    private Optional<Devargs> device() {
        String text = context.getProperty(PROPERTY);
        try {
            return text == null ? Optional.empty() : Settings.read(
                    "framework property", Map.of(PROPERTY, text), SimulatedRemoval::device);
        } catch (SettingException e) {
            LOG.error("{} (no removal is rehearsed)", e.getMessage());
            return Optional.empty();
        }
    }

    /** @throws SettingException there is more than one, or one that is wrong */
    private static Optional<Devargs> device(Settings settings) throws SettingException {
        List<Devargs> devices = settings.devargs(PROPERTY);
        if (devices.size() > 1) {
            throw settings.wrong(PROPERTY, "one device is needed");
        }
        return devices.stream().findFirst();
    }

    /** Returns the nanoseconds from the last removal to the end of its cleanup. */
    private long play(Devargs device, RemovalInjector injector)
            throws DeviceException, InterruptedException {
        long nanos = 0;
        ports.attach(device);
        forwarder.start(1);
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                nanos = removeAndReturn(device, injector, round);
            }
        } finally {
            forwarder.stop();
        }
        ports.detach(registry.port(device.name()).orElseThrow());
        return nanos;
    }

    private long removeAndReturn(Devargs device, RemovalInjector injector, int round)
            throws DeviceException, InterruptedException {
        String name = device.name();
        long yanked = injector.yank(name);
        await(() -> remover.removals(name) == round, "it was not cleaned up after");
        long nanos = System.nanoTime() - yanked;
        injector.plug(name);
        if (!reattach.enabled()) {
            ports.attach(device);
        }
        await(() -> isForwarding(name), "it was not attached again");
        return nanos;
    }

    private boolean isForwarding(String name) {
        return registry.port(name).filter(forwarder.ports()::contains).isPresent();
    }

    private static void await(BooleanSupplier condition, String otherwise)
            throws DeviceException, InterruptedException {
        if (!Await.until(condition, PATIENCE)) {
            throw new DeviceException("%s within %s s".formatted(otherwise, PATIENCE.toSeconds()));
        }
    }
}
