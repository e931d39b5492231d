// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.eth.ResetRequests;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks a device at its interrupts and periodically: whether it is there, works, and is as it was
 * left, and whether its link has changed. Thread {@code interrupt}; a control thread starts and
 * closes it.
 *
 * <p>A device whose registers do not answer is gone if its configuration space does not answer
 * either, or is that of another device. If configuration space answers, the memory may only be off
 * for a while, for example during a reset by another program. Then the device has a few seconds to
 * come back, and its configuration space is restored.
 *
 * <p>The port of a device that is not as it was left has to be set up again. A device that stands
 * still after that is of no use: its removal is reported.
 */
final class NicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NicWatch.class);

    private final AbstractNic<?, ?> nic;
    private final NicPresence presence;
    private final PciDevice device;
    private final Port port;
    private final NicServices services;
    private final NicLimits limits;
    private final ResetRequests requests;
    private final Standstill standstill;
    private Lease interrupt = () -> { };
    private Lease timer = () -> { };
    private Link link;
    private boolean silent;
    private long silentSince;
    /** The last log message about configuration space. */
    private Optional<String> told = Optional.empty();

    NicWatch(AbstractNic<?, ?> nic, Port port, NicServices services, NicLimits limits,
            NicPatience patience) {
        this.nic = nic;
        this.presence = nic.presence();
        this.device = presence.device();
        this.port = port;
        this.services = services;
        this.limits = limits;
        this.requests = new ResetRequests(port, services.ports(), patience.reaction());
        this.standstill = new Standstill(patience.standstill());
        this.link = nic.linkNow();
    }

    void begin() {
        try {
            interrupt = device.onInterrupt(this::interrupted);
            nic.beginInterrupts();
        } catch (DeviceException e) {
            LOG.info("{}: no interrupt: its link is looked at every {} ms, and its queues have to "
                    + "be polled ({})", device, limits.period().toMillis(), e.getMessage());
        }
        timer = services.interrupts().every(limits.period(), this::look);
    }

    private void interrupted() {
        if (nic.interrupted()) {
            look();
        }
    }

    private void look() {
        if (device.isGone()) {
            return;
        }
        if (presence.isSilent()) {
            lookAtBus();
            return;
        }
        boolean wasSilent = silent;
        if (silent) {
            silent = false;
            LOG.info("{}: its registers answer again", device);
        }
        Optional<String> config = restoreConfig();
        Optional<String> unusable = requests.look(
                nic.setup().current(), () -> reason(wasSilent, config));
        if (!presence.answers()) {
            return; // the next check handles that
        }
        if (unusable.isPresent()) {
            report(RemovalCause.RESET_FAILED, unusable.get());
            return;
        }
        nic.news().ifPresent(news -> {
            LOG.info("{}: {}", device, news);
            services.ports().linkChanged(port);
        });
        lookAtLink();
    }

    private void lookAtLink() {
        Link now = nic.linkNow();
        if (!now.equals(link) && presence.answers()) {
            link = now;
            LOG.info("{}: {}", device, describe(now));
            services.ports().linkChanged(port);
        }
    }

    /** Why the device has to be set up again, if it has to. */
    private Optional<String> reason(boolean wasSilent, Optional<String> config) {
        Optional<String> lost = wasSilent
                ? Optional.of("its registers did not answer for a while")
                : config.or(() -> nic.setup().look(NicSetup::difference));
        Optional<String> why = lost.or(() -> nic.setup().look(standstill::look));
        if (why.isEmpty() || !presence.answers()) {
            return Optional.empty();
        }
        if (lost.isEmpty()) {
            if (standstill.isHopeless()) {
                report(RemovalCause.RESET_FAILED, "it is there, but stands still again after it "
                        + "was set up again: " + why.get()
                        + " (turn its slot, or the machine, off and on)");
                return Optional.empty();
            }
            standstill.setUpAgain();
        }
        LOG.warn("{}: is not as it was left: {}: its port has to be set up again", device,
                why.get());
        return why;
    }

    /** Lets the bus restore configuration space. Returns the changes, for messages. */
    private Optional<String> restoreConfig() {
        Optional<String> found = Optional.empty();
        try {
            found = device.restoreConfig();
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
        }
        if (found.isPresent() && !found.equals(told)) {
            LOG.warn("{}: another program has changed its configuration space: {}", device,
                    found.get());
        }
        told = found;
        return found;
    }

    private void lookAtBus() {
        long now = System.nanoTime();
        if (!silent) {
            silent = true;
            silentSince = now;
        }
        if (!presence.isOnBus()) {
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
                    + "{} ms to come back", device, limits.silence().toMillis());
        }
    }

    private void report(RemovalCause cause, String why) {
        if (services.hotUnplug().report(device, cause)) {
            LOG.warn("{}: taken for removed: {}", device, why);
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
        if (presence.answers()) {
            nic.endInterrupts();
        }
        interrupt.close();
    }
}
