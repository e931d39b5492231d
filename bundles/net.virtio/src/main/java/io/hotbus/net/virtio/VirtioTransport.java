// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.pmd.DmaReach;
import io.hotbus.pmd.pci.NicPresence;
import io.hotbus.pmd.virtio.VirtioDoorbell;
import io.hotbus.pmd.virtio.VirtioRing;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The registers of one device: its initialization, its queues, its configuration, and the signs
 * that no device answers. Any thread may read the status and check the presence; the sequences are
 * for one control thread at a time. Source: 4.1.4, 4.1.5 and 3.1.1.
 */
final class VirtioTransport {
    private static final long POLL_NANOS = 20_000;
    private static final int ALL_ONES_16 = 0xffff;
    private static final int ALL_ONES_8 = 0xff;

    /** A structure in its window. */
    private record Window(Mmio bar, VirtioCapabilities.Structure at) {
        int read8(long register) {
            return Byte.toUnsignedInt(bar.read8(at.offset() + register));
        }

        int read16(long register) {
            return Short.toUnsignedInt(bar.read16(at.offset() + register));
        }

        int read32(long register) {
            return bar.read32(at.offset() + register);
        }

        void write8(long register, int value) {
            bar.write8(at.offset() + register, (byte) value);
        }

        void write16(long register, int value) {
            bar.write16(at.offset() + register, (short) value);
        }

        void write32(long register, int value) {
            bar.write32(at.offset() + register, value);
        }

        void write64(long register, long value) {
            write32(register, (int) value);
            write32(register + Integer.BYTES, (int) (value >>> Integer.SIZE));
        }
    }

    private final PciDevice device;
    private final NicPresence presence;
    private final VirtioCapabilities capabilities;
    private final Window common;
    private final Window notify;
    private final Window isr;
    private final VirtioNetConfig net;
    private final Duration resetLimit;
    private final Runnable settle;

    /**
     * Maps the structures.
     *
     * @param resetLimit how long a reset may take
     * @param settle     runs after each write that changes what other registers hold; a device
     *                   needs nothing there, a model in plain memory does
     * @throws DeviceException a BAR cannot be mapped
     */
    VirtioTransport(PciDevice device, VirtioCapabilities capabilities, Duration resetLimit,
            Runnable settle) throws DeviceException {
        this.device = device;
        this.presence = new NicPresence(device, this::isSilent);
        this.capabilities = capabilities;
        this.common = window(capabilities.common());
        this.notify = window(capabilities.doorbells());
        this.isr = window(capabilities.isr());
        this.net = new VirtioNetConfig(device.mapBar(capabilities.device().bar()),
                capabilities.device(), () -> common.read8(VirtioRegs.CONFIG_GENERATION));
        this.resetLimit = resetLimit;
        this.settle = settle;
    }

    private Window window(VirtioCapabilities.Structure structure) throws DeviceException {
        return new Window(device.mapBar(structure.bar()), structure);
    }

    PciDevice device() {
        return device;
    }

    /** Checks that the device can reach the memory. */
    DmaReach reach() {
        return device::requireReachable;
    }

    // ---- presence ----

    /** Whether the device is there. */
    NicPresence presence() {
        return presence;
    }

    private boolean isSilent() {
        int queues = common.read16(VirtioRegs.NUM_QUEUES);
        return queues == 0 || queues == ALL_ONES_16;
    }

    /** See {@link NicPresence#requireAnswer}. */
    void requireAnswer() throws DeviceException {
        presence.requireAnswer("its registers do not answer");
    }

    // ---- initialization, 3.1.1 ----

    /** The device status, 2.1. */
    int status() {
        return common.read8(VirtioRegs.DEVICE_STATUS);
    }

    private void addStatus(int bits) {
        common.write8(VirtioRegs.DEVICE_STATUS, status() | bits);
        settle.run();
    }

    /**
     * Resets the device, and waits until that is done, 4.1.4.3.2: from then on it accesses neither
     * memory nor queues.
     *
     * @return whether it is done; false at once if the device does not answer
     */
    boolean reset() {
        common.write8(VirtioRegs.DEVICE_STATUS, 0);
        settle.run();
        long start = System.nanoTime();
        while (true) {
            boolean late = System.nanoTime() - start > resetLimit.toNanos();
            int now = status();
            if (now == ALL_ONES_8 || !presence.answers()) {
                return false;
            }
            if (now == 0 || late) {
                return now == 0;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Resets the device and reads the features that it offers.
     *
     * @throws DeviceException the device is gone, or does not reset
     */
    long begin() throws DeviceException {
        requireAnswer();
        boolean done = reset();
        require(done, "its reset (status 0) is not done after " + resetLimit.toMillis() + " ms");
        addStatus(VirtioRegs.ACKNOWLEDGE);
        addStatus(VirtioRegs.DRIVER);
        long offered = feature(1) << Integer.SIZE | feature(0);
        requireAnswer();
        return offered;
    }

    private long feature(int half) {
        common.write32(VirtioRegs.DEVICE_FEATURE_SELECT, half);
        settle.run();
        return Integer.toUnsignedLong(common.read32(VirtioRegs.DEVICE_FEATURE));
    }

    /**
     * Accepts features, after {@link #begin}.
     *
     * @throws DeviceException the device is gone, or does not work with these features
     */
    void accept(long features) throws DeviceException {
        for (int half = 0; half < 2; half++) {
            common.write32(VirtioRegs.DRIVER_FEATURE_SELECT, half);
            settle.run();
            common.write32(VirtioRegs.DRIVER_FEATURE, (int) (features >>> half * Integer.SIZE));
        }
        addStatus(VirtioRegs.FEATURES_OK);
        boolean accepted = (status() & VirtioRegs.FEATURES_OK) != 0;
        require(accepted, "does not work with the features %#x, which it offers"
                .formatted(features));
    }

    /**
     * Lets the device work. It may access memory by then.
     *
     * @throws DeviceException the device is gone, or needs a reset already
     */
    void drive() throws DeviceException {
        addStatus(VirtioRegs.DRIVER_OK);
        int now = status();
        require(now == VirtioRegs.STARTED, "its status is %#x after it was started".formatted(now));
    }

    private void require(boolean condition, String otherwise) throws DeviceException {
        requireAnswer();
        if (!condition) {
            throw new DeviceException(device + ": " + otherwise + ": the device is stuck "
                    + "(detach and attach it again, or restart its hypervisor's side)");
        }
    }

    // ---- queues, 4.1.5.1.3 ----

    /** The largest size of a queue after a reset; 0 if there is no such queue. */
    int maxSize(int queue) {
        select(queue);
        return common.read16(VirtioRegs.QUEUE_SIZE);
    }

    private void select(int queue) {
        common.write16(VirtioRegs.QUEUE_SELECT, queue);
        settle.run();
    }

    /**
     * Enables a queue, before {@link #drive}.
     *
     * @return its doorbell
     * @throws DeviceException the device is gone, has no such queue, or its doorbell lies outside
     *     the notification structure
     */
    VirtioDoorbell enable(int queue, VirtioRing ring) throws DeviceException {
        int most = maxSize(queue);
        requireAnswer();
        if (ring.size() > most) {
            throw new DeviceException("%s: queue %s has at most %s descriptors, not %s"
                    .formatted(device, queue, most, ring.size()));
        }
        common.write16(VirtioRegs.QUEUE_SIZE, ring.size());
        common.write16(VirtioRegs.QUEUE_MSIX_VECTOR, VirtioRegs.NO_VECTOR);
        common.write64(VirtioRegs.QUEUE_DESC, ring.descriptorArea());
        common.write64(VirtioRegs.QUEUE_DRIVER, ring.driverArea());
        common.write64(VirtioRegs.QUEUE_DEVICE, ring.deviceArea());
        long place = common.read16(VirtioRegs.QUEUE_NOTIFY_OFF) * capabilities.notifyMultiplier();
        if (place + Short.BYTES > capabilities.doorbells().length()) {
            requireAnswer();
            throw new DeviceException(("%s: the doorbell of queue %s, at %#x, is outside of the "
                    + "notification structure of %s bytes (the device is faulty)").formatted(
                    device, queue, place, capabilities.doorbells().length()));
        }
        common.write16(VirtioRegs.QUEUE_ENABLE, 1);
        settle.run();
        return new NotifyDoorbell(notify.bar(), capabilities.doorbells().offset() + place, queue);
    }

    // ---- configuration and interrupt ----

    /**
     * Lets changes of the configuration raise the interrupt, 4.1.5.1.2.
     *
     * @param on with MSI-X vector 0; without MSI-X by the only interrupt
     */
    void configInterrupt(boolean on) {
        common.write16(VirtioRegs.CONFIG_MSIX_VECTOR, on ? 0 : VirtioRegs.NO_VECTOR);
    }

    /** Reads and clears the interrupt status, 4.1.4.5. */
    void acknowledge() {
        isr.read8(0);
    }

    /** How long the device may take. */
    Duration limit() {
        return resetLimit;
    }

    /** The configuration of the network device. */
    VirtioNetConfig net() {
        return net;
    }
}
