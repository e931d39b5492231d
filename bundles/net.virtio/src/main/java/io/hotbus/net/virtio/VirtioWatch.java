// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a device at each configuration interrupt and periodically: whether it is there, and
 * whether its link has changed. Thread {@code interrupt}; a control thread starts and closes it.
 *
 * <p>A device whose registers do not answer is gone if its configuration space does not answer
 * either, or is that of another device. Otherwise it has a few seconds to come back.
 */
final class VirtioWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VirtioWatch.class);

    private final VirtioTransport transport;
    private final VirtioDev dev;
    private final Port port;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private final VirtioSettings.Limits limits;
    private Lease interrupt = () -> { };
    private Lease timer = () -> { };
    private Link link;
    private boolean silent;
    private long silentSince;

    VirtioWatch(VirtioTransport transport, VirtioDev dev, Port port, PortRegistry ports,
            HotUnplug hotUnplug, VirtioSettings.Limits limits) {
        this.transport = transport;
        this.dev = dev;
        this.port = port;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
        this.limits = limits;
        this.link = dev.link();
    }

    void begin(InterruptThread thread) {
        try {
            interrupt = transport.device().onInterrupt(this::interrupted);
            dev.enableInterrupt();
        } catch (DeviceException e) {
            LOG.info("{}: no interrupt, its link is looked at every {} ms ({})",
                    transport.device(), limits.period().toMillis(), e.getMessage());
        }
        timer = thread.every(limits.period(), this::look);
    }

    private void interrupted() {
        transport.acknowledge();
        look();
    }

    private void look() {
        if (transport.device().isGone()) {
            return;
        }
        if (transport.isSilent()) {
            lookAtBus();
            return;
        }
        if (silent) {
            silent = false;
            LOG.info("{}: its registers answer again", transport.device());
        }
        Link now = dev.link();
        if (!now.equals(link)) {
            link = now;
            LOG.info("{}: {}", transport.device(), describe(now));
            ports.linkChanged(port);
        }
    }

    private void lookAtBus() {
        long now = System.nanoTime();
        if (!silent) {
            silent = true;
            silentSince = now;
        }
        if (!transport.isOnBus()) {
            report(RemovalCause.ALL_ONES,
                    "its registers do not answer, nor does its configuration space");
            return;
        }
        if (now - silentSince > limits.silence().toNanos()) {
            report(RemovalCause.ALL_ONES, "its registers have not answered for "
                    + limits.silence().toMillis() + " ms");
        } else if (now == silentSince) {
            LOG.warn("{}: its registers do not answer, but its configuration space does: it has "
                    + "{} ms to come back", transport.device(), limits.silence().toMillis());
        }
    }

    private void report(RemovalCause cause, String why) {
        if (hotUnplug.report(transport.device(), cause)) {
            LOG.warn("{}: taken for removed: {}", transport.device(), why);
        }
    }

    static String describe(Link link) {
        return link.up() ? "link up, %s Mb/s %s duplex".formatted(link.speedMbps(),
                link.fullDuplex() ? "full" : "half") : "link down";
    }

    /** Ends the checks. Idempotent. */
    @Override
    public void close() {
        timer.close();
        if (!transport.device().isGone()) {
            transport.configInterrupt(false);
        }
        interrupt.close();
    }
}
