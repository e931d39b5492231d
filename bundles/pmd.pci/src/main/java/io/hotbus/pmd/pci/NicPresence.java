// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.DeviceException;
import java.util.function.BooleanSupplier;

/** Tells whether a device is there. Any thread. */
public final class NicPresence {
    private static final int IDS = 0x00;
    private static final int CLASS_AND_REVISION = 0x08;

    private final PciDevice device;
    private final BooleanSupplier silent;

    /**
     * Creates the presence of {@code device}.
     *
     * @param silent whether the registers read as no device would answer: all-ones, or zeros from a
     *               bridge or a hypervisor; must not wait
     */
    public NicPresence(PciDevice device, BooleanSupplier silent) {
        this.device = device;
        this.silent = silent;
    }

    /** The device. */
    public PciDevice device() {
        return device;
    }

    /** Whether the registers read as no device would answer. */
    public boolean isSilent() {
        return silent.getAsBoolean();
    }

    /** Whether the device does not count as removed, and its registers answer. */
    public boolean answers() {
        return !device.isGone() && !isSilent();
    }

    /**
     * Whether configuration space answers as that of the attached function. The class is compared,
     * too, because vfio answers with the ids of a function that is gone. The ids of a virtual
     * function are not compared: they read all-ones (SR-IOV specification, 3.4.1).
     */
    public boolean isOnBus() {
        if (device.isGone()) {
            return false;
        }
        PciFunction function = device.function();
        PciId id = function.id();
        try {
            return device.readConfig(CLASS_AND_REVISION, Integer.BYTES) >>> Byte.SIZE
                    == id.classCode()
                    && (function.physical().isPresent() || device.readConfig(IDS, Integer.BYTES)
                            == (id.device() << Short.SIZE | id.vendor()));
        } catch (DeviceException e) {
            return false;
        }
    }

    /**
     * Checks that the device answers.
     *
     * @param otherwise what a device on the bus does that does not: {@code does not answer}
     * @throws DeviceException it does not; the message says whether that means a removal
     */
    public void requireAnswer(String otherwise) throws DeviceException {
        if (!answers()) {
            throw new DeviceException(device + ": " + (isOnBus()
                    ? otherwise + ", but its configuration space does: is memory decoding off?"
                    : "its registers do not answer: it was pulled out"));
        }
    }
}
