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
import io.hotbus.pmd.eth.ResetRequests;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a device at each configuration interrupt and periodically: whether it is there, works, and
 * is as it was left, and whether its link has changed. Thread {@code interrupt}; a control thread
 * starts and closes it.
 *
 * <p>A device whose registers do not answer is gone if its configuration space does not answer
 * either, or is that of another device. Otherwise it has a few seconds to come back.
 */
final class VirtioWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VirtioWatch.class);

    /**
     * The time limits of the driver.
     *
     * @param standstill how long the device may return nothing that it has to send
     * @param reaction   an application stops the port within this time, or never
     */
    record Patience(Duration standstill, Duration reaction) {
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private final VirtioTransport transport;
    private final VirtioDev dev;
    private final Port port;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private final VirtioSettings.Limits limits;
    private final ResetRequests requests;
    private final VirtioProgress progress;
    private Lease interrupt = () -> { };
    private Lease timer = () -> { };
    private Link link;
    private boolean silent;
    private long silentSince;

    VirtioWatch(VirtioTransport transport, VirtioDev dev, Port port, PortRegistry ports,
            HotUnplug hotUnplug, VirtioSettings.Limits limits, Patience patience) {
        this.transport = transport;
        this.dev = dev;
        this.port = port;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
        this.limits = limits;
        this.requests = new ResetRequests(port, ports, patience.reaction());
        this.progress = new VirtioProgress(patience.standstill());
        this.link = dev.readLink();
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
        boolean wasSilent = silent;
        if (silent) {
            silent = false;
            LOG.info("{}: its registers answer again", transport.device());
        }
        Optional<String> unusable = requests.look(
                dev.setup().current(), () -> told(reason(wasSilent)));
        if (unusable.isPresent() && !transport.isSilent()) {
            report(RemovalCause.RESET_FAILED, unusable.get());
            return;
        }
        if (dev.setup().current().isPresent() && dev.wantsAnnouncement()) {
            LOG.info("{}: asks to be announced: it was moved to another place of the network",
                    transport.device());
            dev.announced();
            ports.linkChanged(port);
        }
        Link now = dev.readLink();
        if (!now.equals(link)) {
            link = now;
            LOG.info("{}: {}", transport.device(), describe(now));
            ports.linkChanged(port);
        }
    }

    private Optional<String> told(Optional<String> reason) {
        reason.ifPresent(why -> LOG.warn("{}: is not as it was left: {}: its port has to be set up "
                + "again", transport.device(), why));
        return reason;
    }

    /** Why the device has to be set up again, if it has to. */
    private Optional<String> reason(boolean wasSilent) {
        Optional<String> config = restoreConfig();
        if (wasSilent) {
            return Optional.of("its registers did not answer for a while");
        }
        Optional<String> why = config.or(
                () -> dev.setup().look(started -> started.difference(transport)));
        if (why.isPresent()) {
            return transport.isSilent() ? Optional.empty() : why;
        }
        Optional<String> still = dev.setup().look(progress::look);
        if (still.isPresent() && progress.isHopeless()) {
            report(RemovalCause.RESET_FAILED, still.get() + ", after it was set up again for that");
            return Optional.empty();
        }
        still.ifPresent(any -> progress.setUpAgain());
        return still;
    }

    /** Lets the bus restore configuration space. Returns the changes, for messages. */
    private Optional<String> restoreConfig() {
        try {
            return transport.device().restoreConfig();
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
            return Optional.empty();
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
        restoreConfig();
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
