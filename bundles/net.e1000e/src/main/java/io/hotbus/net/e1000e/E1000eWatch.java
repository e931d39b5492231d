// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks STATUS at each link interrupt and periodically: whether the link has changed, the device
 * is there, and its registers are unchanged. Thread {@code interrupt}; a control thread starts and
 * closes it.
 *
 * <p>A device whose registers do not answer is gone if its configuration space does not answer
 * either, or is that of another device. If configuration space answers, the memory may only be off
 * for a while, for example during a reset by another program. Then the device has a few seconds to
 * come back, and its configuration space is restored.
 */
final class E1000eWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(E1000eWatch.class);

    private final E1000eChip chip;
    private final E1000eDev dev;
    private final Port port;
    private final PortRegistry ports;
    private final HotUnplug hotUnplug;
    private final E1000eSettings.Watch settings;
    private final E1000eRecovery recovery;
    private Lease interrupt = () -> { };
    private Lease timer = () -> { };
    private Link link;
    private boolean silent;
    private long silentSince;

    E1000eWatch(E1000eChip chip, E1000eDev dev, Port port, PortRegistry ports,
            HotUnplug hotUnplug, E1000eSettings.Watch settings, E1000eRecovery.Limits limits) {
        this.chip = chip;
        this.dev = dev;
        this.port = port;
        this.ports = ports;
        this.hotUnplug = hotUnplug;
        this.settings = settings;
        this.recovery = new E1000eRecovery(chip, dev, port, ports, limits);
        this.link = dev.link();
    }

    void begin(InterruptThread thread) {
        try {
            interrupt = chip.device().onInterrupt(this::interrupted);
            dev.interrupt().begin(mayInterruptForFrames());
        } catch (DeviceException e) {
            LOG.info("{}: no interrupt: its link is looked at every {} ms, and its queues have to "
                    + "be polled ({})", chip.device(), settings.period().toMillis(),
                    e.getMessage());
        }
        timer = thread.every(settings.period(), this::look);
    }

    /**
     * With uio_pci_generic the interrupt is an INTx. For received frames that is too much: Linux
     * 6.1 took it for one that no driver cares about, and turned it off.
     */
    private boolean mayInterruptForFrames() {
        if (chip.device().kernelDriver() != KernelDriver.UIO_PCI_GENERIC) {
            return true;
        }
        LOG.info("{}: no receive interrupts with uio_pci_generic: its queues have to be polled "
                + "(igb_uio and vfio-pci have them)", chip.device());
        return false;
    }

    private void interrupted() {
        if (dev.interrupt().handle()) {
            look();
        }
    }

    private void look() {
        if (chip.device().isGone()) {
            return;
        }
        int status = chip.read(E1000eRegs.STATUS);
        if (chip.isSilent(status)) {
            lookAtBus();
            return;
        }
        boolean wasSilent = silent;
        if (silent) {
            silent = false;
            LOG.info("{}: its registers answer again", chip.device());
        }
        Optional<String> unusable = recovery.look(status, wasSilent);
        if (unusable.isPresent()) {
            report(RemovalCause.RESET_FAILED, unusable.get());
            return;
        }
        Link now = E1000eDev.link(status);
        if (!now.equals(link)) {
            link = now;
            LOG.info("{}: {}", chip.device(), describe(now));
            ports.linkChanged(port);
        }
    }

    private void lookAtBus() {
        long now = System.nanoTime();
        if (!silent) {
            silent = true;
            silentSince = now;
        }
        if (!chip.isOnBus()) {
            report(RemovalCause.ALL_ONES,
                    "its registers do not answer, nor does its configuration space");
            return;
        }
        recovery.restoreConfig();
        if (now - silentSince > settings.silence().toNanos()) {
            report(RemovalCause.ALL_ONES, "its registers have not answered for "
                    + settings.silence().toMillis() + " ms");
        } else if (now == silentSince) {
            LOG.warn("{}: its registers do not answer, but its configuration space does: it has "
                    + "{} ms to come back", chip.device(), settings.silence().toMillis());
        }
    }

    private void report(RemovalCause cause, String why) {
        if (hotUnplug.report(chip.device(), cause)) {
            LOG.warn("{}: taken for removed: {}", chip.device(), why);
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
        chip.disableInterrupt();
        interrupt.close();
    }
}
