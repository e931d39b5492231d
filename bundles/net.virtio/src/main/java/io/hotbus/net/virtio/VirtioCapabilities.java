// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The places of the structures of the modern interface, from the capabilities in PCI configuration
 * space. Source: 4.1.4.
 *
 * @param common           the common configuration
 * @param doorbells        the doorbells
 * @param notifyMultiplier bytes from one doorbell to the next; 0 if all queues share one
 * @param isr              the interrupt status
 * @param device           the configuration of the network device
 */
record VirtioCapabilities(Structure common, Structure doorbells, long notifyMultiplier,
        Structure isr, Structure device) {
    /** A part of a memory BAR, which lies within the BAR. */
    record Structure(int bar, long offset, long length) {
    }

    private static final int STATUS = 0x06;
    private static final int STATUS_CAPABILITIES = 1 << 4;
    private static final int CAPABILITIES = 0x34;
    /** So many fit into configuration space, so a longer list is a loop. */
    private static final int MOST_CAPABILITIES = 48;
    private static final int PLAIN_LENGTH = 16;
    private static final int NOTIFY_LENGTH = 20;

    /**
     * Reads the capabilities.
     *
     * @throws DeviceException the device has no modern interface, or a structure of it does not lie
     *     within its BAR
     */
    static VirtioCapabilities read(PciDevice device) throws DeviceException {
        Map<Integer, Integer> found = find(device);
        if (found.isEmpty()) {
            throw new DeviceException(device + ": has the legacy interface alone, which this "
                    + "driver does not use (QEMU: virtio-net-pci,disable-legacy=on,"
                    + "disable-modern=off; others: ask for virtio 1.0 or later)");
        }
        int notify = require(device, found, VirtioRegs.TYPE_NOTIFY, "notification");
        if (device.readConfig(notify + VirtioRegs.CAP_LENGTH, 1) < NOTIFY_LENGTH) {
            throw new DeviceException(device + ": its capability of the notification structure "
                    + "has no multiplier (the device is faulty)");
        }
        return new VirtioCapabilities(
                structure(device, found, VirtioRegs.TYPE_COMMON, "common configuration",
                        VirtioRegs.COMMON_LENGTH, Integer.BYTES),
                structure(device, found, VirtioRegs.TYPE_NOTIFY, "notification", Short.BYTES,
                        Short.BYTES),
                Integer.toUnsignedLong(device.readConfig(
                        notify + VirtioRegs.CAP_NOTIFY_MULTIPLIER, Integer.BYTES)),
                structure(device, found, VirtioRegs.TYPE_ISR, "ISR status",
                        VirtioRegs.ISR_LENGTH, 1),
                structure(device, found, VirtioRegs.TYPE_DEVICE, "device configuration",
                        VirtioRegs.DEVICE_LENGTH, Integer.BYTES));
    }

    /** The first capability of each type that names a memory BAR: the device prefers it. */
    private static Map<Integer, Integer> find(PciDevice device) throws DeviceException {
        Map<Integer, Integer> found = new HashMap<>();
        if ((device.readConfig(STATUS, Short.BYTES) & STATUS_CAPABILITIES) == 0) {
            return found;
        }
        int at = device.readConfig(CAPABILITIES, 1) & 0xfc;
        for (int count = 0; at != 0 && count < MOST_CAPABILITIES; count++) {
            int head = device.readConfig(at, Short.BYTES);
            if ((head & 0xff) == VirtioRegs.CAP_VENDOR
                    && device.readConfig(at + VirtioRegs.CAP_LENGTH, 1) >= PLAIN_LENGTH
                    && bar(device, at).isPresent()) {
                found.putIfAbsent(device.readConfig(at + VirtioRegs.CAP_TYPE, 1) & 0xff, at);
            }
            at = head >> Byte.SIZE & 0xfc;
        }
        return found;
    }

    private static Optional<Bar> bar(PciDevice device, int capability)
            throws DeviceException {
        return device.function().bar(device.readConfig(capability + VirtioRegs.CAP_BAR, 1))
                .filter(Bar::memory);
    }

    private static int require(PciDevice device, Map<Integer, Integer> found, int type, String name)
            throws DeviceException {
        Integer at = found.get(type);
        if (at == null) {
            throw new DeviceException("%s: it has no %s structure in a memory BAR: %s".formatted(
                    device, name, device.function().bars()));
        }
        return at;
    }

    private static Structure structure(PciDevice device, Map<Integer, Integer> found, int type,
            String name, long least, int alignment) throws DeviceException {
        int at = require(device, found, type, name);
        Bar bar = bar(device, at).orElseThrow();
        long offset = Integer.toUnsignedLong(
                device.readConfig(at + VirtioRegs.CAP_OFFSET, Integer.BYTES));
        long length = Integer.toUnsignedLong(
                device.readConfig(at + VirtioRegs.CAP_SIZE, Integer.BYTES));
        if (length < least || offset % alignment != 0 || offset + length > bar.length()) {
            throw new DeviceException(("%s: its %s structure, %s bytes at %#x of BAR%s, is not "
                    + "right: %s bytes or more are needed, aligned to %s, in a BAR of %s "
                    + "(the device is faulty)").formatted(device, name, length, offset,
                    bar.index(), least, alignment, bar.length()));
        }
        return new Structure(bar.index(), offset, length);
    }
}
