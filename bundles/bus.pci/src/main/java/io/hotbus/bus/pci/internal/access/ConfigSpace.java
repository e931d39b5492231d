// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.os.LinuxException;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * The accesses of the bus to configuration space. COMMAND is written byte by byte: the low byte
 * belongs to the bus, the high byte to the interrupt, so that neither overwrites the other. Source:
 * PCI Local Bus Specification 3.0, 6.2.
 */
public final class ConfigSpace {
    /** Low byte of COMMAND. */
    private static final int COMMAND = 0x04;
    private static final int MEMORY_SPACE = 1 << 1;
    private static final int BUS_MASTER = 1 << 2;
    /** High byte of COMMAND. */
    private static final int COMMAND_HIGH = 0x05;
    private static final int INTERRUPT_DISABLE = 1 << 10 - Byte.SIZE;
    /** High half of the dword of COMMAND. */
    private static final int STATUS = 0x06;
    private static final int CAPABILITIES = 1 << 4;
    private static final int CAPABILITIES_POINTER = 0x34;
    private static final int POWER_MANAGEMENT = 0x01;
    /** The most capabilities that fit into configuration space. */
    private static final int MOST_CAPABILITIES = 48;
    /** Offset of PMCSR in its capability. */
    private static final int PMCSR = 4;
    private static final int POWER_STATE = 3;
    /** PMCSR when no device answers. */
    private static final int NO_PMCSR = 0xffff;
    /** Writing 1 clears this bit. */
    private static final int PME_STATUS = 1 << 15;
    /** From D3hot to D0. Source: PCI Power Management Specification 1.2, 5.6.1. */
    private static final long WAKE_NANOS = 10_000_000;
    /** Vendor and device; COMMAND and STATUS; class and revision: none is ever all-ones. */
    private static final int[] NEVER_ALL_ONES = {0x00, 0x04, 0x08};
    private static final int ALL_ONES = -1;

    private ConfigSpace() {
    }

    /** Wakes the function, turns memory decoding on and bus mastering off. */
    public static void prepare(PciAccess access) throws LinuxException {
        wake(access, powerManagement(access));
        change(access, COMMAND, BUS_MASTER, MEMORY_SPACE);
    }

    public static void setBusMaster(PciAccess access, boolean on) throws LinuxException {
        change(access, COMMAND, on ? 0 : BUS_MASTER, on ? BUS_MASTER : 0);
    }

    /** Disables or enables INTx; has no effect on MSI and MSI-X. */
    static void setInterruptDisabled(PciAccess access, boolean disabled) throws LinuxException {
        change(access, COMMAND_HIGH, disabled ? 0 : INTERRUPT_DISABLE,
                disabled ? INTERRUPT_DISABLE : 0);
    }

    private static void change(PciAccess access, int offset, int clear, int set)
            throws LinuxException {
        int before = access.readConfig(offset, 1);
        int after = before & ~clear | set;
        if (after != before) {
            access.writeConfig(offset, 1, after);
        }
    }

    /** Reads the low byte of COMMAND; all-ones only if the function is gone. */
    static int command(PciAccess access) throws LinuxException {
        return access.readConfig(COMMAND, 1);
    }

    /** Whether that value of COMMAND has memory decoding on. */
    static boolean decodesMemory(int command) {
        return (command & MEMORY_SPACE) != 0;
    }

    /** Whether that value of COMMAND has bus mastering on. */
    static boolean masters(int command) {
        return (command & BUS_MASTER) != 0;
    }

    static void turnMemoryOn(PciAccess access) throws LinuxException {
        change(access, COMMAND, 0, MEMORY_SPACE);
    }

    /** Whether the function decodes memory accesses and is awake. */
    public static boolean decodesMemory(PciAccess access) throws LinuxException {
        OptionalInt power = powerManagement(access);
        return decodesMemory(command(access))
                && (power.isEmpty() || powerState(access, power.getAsInt()) == 0);
    }

    /** The offset of the power management capability. */
    static OptionalInt powerManagement(PciAccess access) throws LinuxException {
        int at = (access.readConfig(STATUS, 2) & CAPABILITIES) == 0 ? 0
                : access.readConfig(CAPABILITIES_POINTER, 1) & 0xfc;
        for (int i = 0; i < MOST_CAPABILITIES && at != 0; i++) {
            int header = access.readConfig(at, 2);
            if ((header & 0xff) == POWER_MANAGEMENT) {
                return OptionalInt.of(at);
            }
            at = header >>> Byte.SIZE & 0xfc;
        }
        return OptionalInt.empty();
    }

    private static int powerState(PciAccess access, int capability) throws LinuxException {
        return access.readConfig(capability + PMCSR, 2) & POWER_STATE;
    }

    /** Whether a value of PMCSR is of a function that is not in D0; all-ones is of none. */
    private static boolean isAsleep(int pmcsr) {
        return pmcsr != NO_PMCSR && (pmcsr & POWER_STATE) != 0;
    }

    /** Puts the function into D0 and waits until it is. Returns whether it was in another state. */
    static boolean wake(PciAccess access, OptionalInt capability) throws LinuxException {
        if (capability.isEmpty()) {
            return false;
        }
        int offset = capability.getAsInt() + PMCSR;
        int before = access.readConfig(offset, 2);
        if (!isAsleep(before)) {
            return false;
        }
        int control = before & ~PME_STATUS;
        access.writeConfig(offset, 2, control & ~POWER_STATE);
        LockSupport.parkNanos(WAKE_NANOS);
        if (isAsleep(access.readConfig(offset, 2))) {
            // vfio ignores the change if it believes the function to be in D0, so it is told the
            // state first.
            access.writeConfig(offset, 2, control);
            access.writeConfig(offset, 2, control & ~POWER_STATE);
            LockSupport.parkNanos(WAKE_NANOS);
        }
        return true;
    }

    /**
     * Whether the function answers. Reads several registers, because vfio emulates some of them.
     * Vendor and device of a virtual function read all-ones.
     */
    public static boolean answers(PciAccess access, boolean virtual) {
        try {
            for (int offset : NEVER_ALL_ONES) {
                if (access.readConfig(offset, 4) == ALL_ONES && !(virtual && offset == 0)) {
                    return false;
                }
            }
            return true;
        } catch (LinuxException e) {
            return false;
        }
    }
}
