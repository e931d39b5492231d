// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.ManagedServiceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs configurations that no component uses, because the name of the file is probably misspelt,
 * and files that do not mean what they seem to.
 */
final class UnusedConfigurations implements ConfigurationListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnusedConfigurations.class);

    private final BundleContext context;
    private final Components components;
    private final ScheduledExecutorService later;
    private final Duration settle;
    private final AtomicBoolean due = new AtomicBoolean();
    private final ServiceRegistration<ConfigurationListener> registration;
    /** What was logged, by PID. On the thread of {@code later}. */
    private final Map<String, Set<String>> told = new HashMap<>();

    /** @param settle how long to wait for the bundle that uses it */
    UnusedConfigurations(BundleContext context, ScheduledExecutorService later, Duration settle) {
        this.context = context;
        this.components = new Components(context);
        this.later = later;
        this.settle = settle;
        this.registration = context.registerService(ConfigurationListener.class, this, null);
        lookSoon();
    }

    @Override
    public void close() {
        registration.unregister();
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        lookSoon();
    }

    private void lookSoon() {
        if (!later.isShutdown() && due.compareAndSet(false, true)) {
            later.schedule(this::look, settle.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        due.set(false);
        ServiceReference<ConfigurationAdmin> reference =
                context.getServiceReference(ConfigurationAdmin.class);
        ConfigurationAdmin admin = reference == null ? null : context.getService(reference);
        if (admin == null) {
            return;
        }
        try {
            tell(admin.listConfigurations(null));
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            LOG.debug("configurations could not be looked at", e);
        } finally {
            context.ungetService(reference);
        }
    }

    private void tell(Configuration[] configurations) throws InvalidSyntaxException {
        List<Configuration> all =
                configurations == null ? List.of() : Arrays.asList(configurations);
        told.keySet().retainAll(all.stream().map(Configuration::getPid).toList());
        Set<String> known = new HashSet<>(components.pids());
        known.addAll(pids(ManagedService.class));
        known.addAll(pids(ManagedServiceFactory.class));
        for (Configuration each : all) {
            String factory = each.getFactoryPid();
            String pid = factory == null ? each.getPid() : factory;
            if (!known.contains(pid)) {
                tell(each, "no bundle has settings of the name %s (there are: %s)".formatted(
                        pid, String.join(", ", new TreeSet<>(components.namedPids()))));
            }
            FileTraps.of(each, known).forEach(trap -> tell(each, trap));
        }
    }

    private void tell(Configuration configuration, String what) {
        if (told.computeIfAbsent(configuration.getPid(), pid -> new HashSet<>()).add(what)) {
            Object file = configuration.getProperties().get(FileTraps.FILE);
            LOG.warn("{}: {}", file == null ? configuration.getPid() : file, what);
        }
    }

    private Collection<String> pids(Class<?> type) throws InvalidSyntaxException {
        ServiceReference<?>[] references = context.getAllServiceReferences(type.getName(), null);
        return Stream.ofNullable(references).flatMap(Stream::of)
                .map(reference -> reference.getProperty(Constants.SERVICE_PID))
                .flatMap(pid -> pid instanceof Collection<?> several ? several.stream()
                        : pid instanceof String[] array ? Stream.of(array) : Stream.ofNullable(pid))
                .map(Object::toString).toList();
    }
}
