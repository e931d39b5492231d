// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.FLAGS;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.IRQ_INFO_COUNT;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_DEVICE_GET_IRQ_INFO;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IRQ_INFO_EVENTFD;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IRQ_SET_ACTION_TRIGGER;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_IRQ_SET_ACTION_UNMASK;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_INTX_IRQ_INDEX;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_MSIX_IRQ_INDEX;
import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_PCI_MSI_IRQ_INDEX;

import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interrupts of a function: the device interrupt, and those by which vfio reports events. Any
 * thread, including {@code interrupt}.
 */
final class VfioIrqs {
    private static final Logger LOG = LoggerFactory.getLogger(VfioIrqs.class);

    /** The kinds of interrupt, the best first. The text is for messages. */
    private enum Kind {
        MSI_X(VFIO_PCI_MSIX_IRQ_INDEX, "MSI-X"),
        MSI(VFIO_PCI_MSI_IRQ_INDEX, "MSI"),
        INTX(VFIO_PCI_INTX_IRQ_INDEX, "INTx");

        final int index;
        final String text;

        Kind(int index, String text) {
            this.index = index;
            this.text = text;
        }
    }

    private record Interrupt(Kind kind, VfioEventfd eventfd) {
    }

    private final Linux linux;
    private final InterruptThread interruptThread;
    private final VfioDevice device;
    /**
     * Held while the interrupt is set or unset. Never held while waiting for the interrupt thread,
     * because a task there may need it.
     */
    private final Object lock = new Object();
    /** Written under lock. */
    private volatile Interrupt interrupt;
    /** Guarded by lock, like notices. */
    private boolean closed;
    private final List<VfioEventfd> notices = new ArrayList<>();

    VfioIrqs(Linux linux, InterruptThread interruptThread, VfioDevice device) {
        this.linux = linux;
        this.interruptThread = interruptThread;
        this.device = device;
    }

    /**
     * Runs {@code told} on {@code interrupt} at each signal of an index, until closed.
     *
     * @return whether the function has that index
     */
    boolean notice(int index, Runnable told) throws LinuxException {
        if (!has(index)) {
            return false;
        }
        VfioEventfd eventfd = VfioEventfd.watch(linux, interruptThread, told);
        try {
            device.setIrqs(VfioUapi.irqSetEventfd(index, eventfd.fd()));
        } catch (LinuxException e) {
            eventfd.close();
            throw e;
        }
        synchronized (lock) {
            notices.add(eventfd);
        }
        return true;
    }

    private boolean has(int index) throws LinuxException {
        try {
            ByteBuffer info = device.ask("VFIO_DEVICE_GET_IRQ_INFO", VFIO_DEVICE_GET_IRQ_INFO,
                    VfioUapi.irqInfo(index));
            return info.getInt(IRQ_INFO_COUNT) > 0
                    && (info.getInt(FLAGS) & VFIO_IRQ_INFO_EVENTFD) != 0;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EINVAL) {
                return false; // for example the error index of a function that is not PCIe
            }
            throw e;
        }
    }

    /** See {@link PciAccess#enableInterrupt}; {@code interrupted} runs on {@code interrupt}. */
    void enable(Runnable interrupted) throws DeviceException {
        if (interrupt != null) {
            return;
        }
        VfioEventfd eventfd;
        try {
            eventfd = VfioEventfd.watch(linux, interruptThread, interrupted);
        } catch (LinuxException e) {
            throw new DeviceException(device.address() + ": " + e.getMessage(), e);
        }
        boolean used = false;
        try {
            used = set(eventfd);
        } finally {
            if (!used) {
                eventfd.close();
            }
        }
    }

    /** Sets the interrupt. Returns false if another caller has set it first. */
    private boolean set(VfioEventfd eventfd) throws DeviceException {
        List<String> failures = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                throw new DeviceException(device.address() + ": is closed");
            }
            if (interrupt != null) {
                return false;
            }
            for (Kind kind : Kind.values()) {
                // Set before the kernel is told: the first interrupt may be rearmed at once.
                interrupt = new Interrupt(kind, eventfd);
                try {
                    if (has(kind.index)) {
                        device.setIrqs(VfioUapi.irqSetEventfd(kind.index, eventfd.fd()));
                        LOG.debug("{}: interrupts by {}", device.address(), kind.text);
                        return true;
                    }
                } catch (LinuxException e) {
                    failures.add(kind.text + ": " + e.getMessage());
                }
                interrupt = null;
            }
        }
        throw new DeviceException("%s: no interrupt that user space can use (%s); poll it"
                .formatted(device.address(), failures.isEmpty()
                        ? "it has neither MSI-X nor MSI nor INTx" : String.join("; ", failures)));
    }

    /**
     * Unmasks an INTx, which vfio masks when it signals it. MSI and MSI-X are edges and are not
     * masked.
     */
    void rearm() {
        Interrupt current = interrupt;
        if (current == null || current.kind != Kind.INTX) {
            return;
        }
        try {
            device.setIrqs(VfioUapi.irqSet(VFIO_IRQ_SET_ACTION_UNMASK, current.kind.index, 1));
        } catch (LinuxException e) {
            LOG.debug("{}: not rearmed, it is gone or was disabled", device.address(), e);
        }
    }

    /** See {@link PciAccess#renewInterrupt}. The kernel enables only what it has disabled. */
    void renew() {
        synchronized (lock) {
            Interrupt current = interrupt;
            if (current == null) {
                return;
            }
            unset(current.kind);
            try {
                device.setIrqs(VfioUapi.irqSetEventfd(current.kind.index, current.eventfd.fd()));
            } catch (LinuxException e) {
                LOG.warn("{}: has no interrupts after it was reset ({})", device.address(),
                        e.getMessage());
            }
        }
    }

    /** See {@link PciAccess#disableInterrupt}. */
    void disable() {
        Interrupt was;
        synchronized (lock) {
            was = interrupt;
            interrupt = null;
            if (was != null) {
                unset(was.kind);
            }
        }
        if (was != null) {
            was.eventfd.close();
        }
    }

    private void unset(Kind kind) {
        try {
            device.setIrqs(VfioUapi.irqSet(VFIO_IRQ_SET_ACTION_TRIGGER, kind.index, 0));
        } catch (LinuxException e) {
            // The kernel disables them when the function is closed.
            LOG.debug("{}: interrupts are left on until it is closed", device.address(), e);
        }
    }

    /**
     * Ends all interrupts. Call it before the function is closed. No event is published afterwards.
     * Idempotent.
     */
    void close() {
        List<VfioEventfd> last;
        synchronized (lock) {
            closed = true;
            last = List.copyOf(notices);
            notices.clear();
        }
        disable();
        for (VfioEventfd notice : last) {
            notice.close();
        }
    }
}
