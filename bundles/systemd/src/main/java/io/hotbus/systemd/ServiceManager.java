// SPDX-License-Identifier: Apache-2.0
package io.hotbus.systemd;

import io.hotbus.app.Application;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the ports are started, how they are, and that the process ends, where systemd
 * asks for it by NOTIFY_SOCKET. Source: sd_notify(3), sd_watchdog_enabled(3).
 */
@Component(service = {})
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final BundleContext context;
    private final Optional<Heartbeat> heartbeat;
    private final SynchronousBundleListener end = this::onBundleEvent;

    /** Connects, if this process is a service that has to notify. */
    @Activate
    public ServiceManager(BundleContext context, @Reference Linux linux,
            @Reference Sockets sockets, @Reference ControlThread control,
            @Reference PortRegistry ports) {
        this.context = context;
        final Map<String, String> environment = System.getenv();
        this.heartbeat = server(environment).map(server -> new Heartbeat(
                new MessageSocket(linux, sockets, "systemd", server), control, ports,
                watchdog(environment, ProcessHandle.current().pid())));
        context.addBundleListener(end);
    }

    /** The socket that systemd listens on; none if nothing is to be told to it. */
    static Optional<UnixSocketName> server(Map<String, String> environment) {
        final String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        final boolean isAbstract = name.startsWith("@");
        final String address = isAbstract ? name.substring(1) : name;
        if (!isAbstract && !name.startsWith("/") || !UnixSocketName.isPossible(address)) {
            if (!name.isEmpty()) {
                LOG.warn("systemd is told nothing: NOTIFY_SOCKET={} is no Unix socket", name);
            }
            return Optional.empty();
        }
        return Optional.of(new UnixSocketName(address, isAbstract, UnixSocketName.NO_OWNER,
                UnixSocketName.NO_OWNER));
    }

    /** How long the process may be silent before systemd restarts it; zero if that is not set. */
    static Duration watchdog(Map<String, String> environment, long pid) {
        final String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        final String whose = environment.getOrDefault("WATCHDOG_PID", "");
        return !micros.matches("[0-9]{1,18}") || !whose.isEmpty() && !whose.equals("" + pid)
                ? Duration.ZERO : Duration.ofNanos(Math.multiplyExact(
                        Math.min(Long.parseLong(micros), Long.MAX_VALUE / 1000), 1000L));
    }

    /** The command does its work. */
    @Reference(target = "(" + Application.READY + "=true)", policy = ReferencePolicy.DYNAMIC,
            cardinality = ReferenceCardinality.MULTIPLE)
    void addReady(Application command) {
        heartbeat.ifPresent(Heartbeat::ready);
    }

    void removeReady(Application command) {
        LOG.trace("{} ends", command);
    }

    private void onBundleEvent(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            heartbeat.ifPresent(Heartbeat::stopping);
        }
    }

    /** Tells nothing more. */
    @Deactivate
    void deactivate() {
        context.removeBundleListener(end);
        heartbeat.ifPresent(Heartbeat::close);
    }
}
