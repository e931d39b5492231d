// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.os.LinuxException;

/**
 * What the bus itself does in configuration space. COMMAND is written byte by byte: its low byte is
 * the bus's, its high one the interrupt's, so that neither undoes what the other does meanwhile.
 * Source: PCI Local Bus Specification 3.0, 6.2.
 */
public final class ConfigSpace {
    /** Low byte of COMMAND. */
    private static final int COMMAND = 0x04;
    private static final int MEMORY_SPACE = 1 << 1;
    private static final int BUS_MASTER = 1 << 2;
    /** High byte of COMMAND. */
    private static final int COMMAND_HIGH = 0x05;
    private static final int INTERRUPT_DISABLE = 1 << 10 - Byte.SIZE;
    /** Vendor and device; COMMAND and STATUS; class and revision: none is ever all-ones. */
    private static final int[] NEVER_ALL_ONES = {0x00, 0x04, 0x08};
    private static final int ALL_ONES = -1;

    private ConfigSpace() {
    }

    /** Lets it decode accesses to its memory, and keeps it from reaching ours. */
    public static void prepare(PciAccess access) throws LinuxException {
        change(access, COMMAND, BUS_MASTER, MEMORY_SPACE);
    }

    public static void setBusMaster(PciAccess access, boolean on) throws LinuxException {
        change(access, COMMAND, on ? 0 : BUS_MASTER, on ? BUS_MASTER : 0);
    }

    /** INTx alone. */
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

    /** Whether it decodes accesses to its memory. */
    public static boolean decodesMemory(PciAccess access) throws LinuxException {
        return (access.readConfig(COMMAND, 1) & MEMORY_SPACE) != 0;
    }

    /**
     * Whether it answers. Of several registers, as vfio makes some of them up; of a virtual
     * function vendor and device read all-ones.
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
