// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.LinuxException;
import io.hotbus.testkit.NicModel;
import io.hotbus.testkit.TestDma;
import java.io.ByteArrayOutputStream;

/**
 * The model of an 82574 with a loopback plug in its socket. A frame is held back while there is no
 * receive descriptor, so no test depends on timing.
 */
final class Fake82574 extends NicModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, (byte) 0xd3};
    private static final long LENGTH = E1000eRegs.BAR0_LENGTH;
    private static final int RX_ERROR_CE = 1;
    private static final int GARBAGE = 0xdeadbeef;

    volatile boolean cable = true;
    volatile boolean busMaster;
    /** CTRL.RST is not done any more. */
    volatile boolean stuckReset;
    /** Whether the chip continues DMA regardless of its registers. */
    volatile boolean stuckDma;
    volatile boolean nvmBroken;
    volatile boolean noAddress;
    /** It does not take frames out of the transmit ring. */
    volatile boolean holdTransmit;
    /** What it writes to memory is lost, as where a bridge lets none of it through. */
    volatile boolean losesWrites;
    /** Raises the interrupt. */
    volatile Runnable interrupt = () -> { };
    volatile int resets;
    volatile int damageNext;

    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private int interruptMask;

    Fake82574(TestDma memory) throws LinuxException {
        super("fake-82574", memory, LENGTH);
        start();
    }

    @Override
    protected boolean step() {
        if ((get(E1000eRegs.CTRL) & E1000eRegs.CTRL_RST) != 0) {
            if (!stuckReset) {
                reset();
                resets++;
            }
            return false;
        }
        refreshInterruptMask();
        refreshStatus();
        return loopBack();
    }

    @Override
    protected void reset() {
        for (long register = E1000eRegs.EECD; register < LENGTH; register += Integer.BYTES) {
            set(register, 0);
        }
        for (int i = 0; i < E1000eRegs.MTA_ENTRIES; i++) {
            set(E1000eRegs.MTA + 4L * i, GARBAGE);
        }
        for (int i = 1; i < E1000eRegs.RA_ENTRIES; i++) {
            set(E1000eRegs.RAL + 8L * i, GARBAGE);
            set(E1000eRegs.RAH + 8L * i, GARBAGE);
        }
        if (!noAddress) {
            set(E1000eRegs.RAL, MAC[0] & 0xff | (MAC[1] & 0xff) << 8 | (MAC[2] & 0xff) << 16
                    | (MAC[3] & 0xff) << 24);
            set(E1000eRegs.RAH, MAC[4] & 0xff | (MAC[5] & 0xff) << 8 | E1000eRegs.RAH_AV);
        }
        set(E1000eRegs.EECD, nvmBroken ? 0 : E1000eRegs.EECD_AUTO_RD);
        interruptMask = 0;
        set(E1000eRegs.STATUS, E1000eRegs.STATUS_GIO_MASTER_ENABLE);
        // The driver waits for this one.
        set(E1000eRegs.CTRL, E1000eRegs.CTRL_ASDE | 1);
    }

    private void refreshInterruptMask() {
        if (get(E1000eRegs.IMC) != 0) {
            interruptMask = 0;
            set(E1000eRegs.IMC, 0);
        }
        if (get(E1000eRegs.IMS) != 0) {
            interruptMask |= get(E1000eRegs.IMS);
            set(E1000eRegs.IMS, 0);
        }
    }

    private void refreshStatus() {
        int control = get(E1000eRegs.CTRL);
        boolean up = cable && (control & E1000eRegs.CTRL_SLU) != 0;
        boolean dma = stuckDma || (control & E1000eRegs.CTRL_GIO_MASTER_DISABLE) == 0;
        int status = (up ? E1000eRegs.STATUS_LU | 2 << E1000eRegs.STATUS_SPEED_SHIFT : 0)
                | E1000eRegs.STATUS_FD | (dma ? E1000eRegs.STATUS_GIO_MASTER_ENABLE : 0);
        int changed = get(E1000eRegs.STATUS) ^ status;
        set(E1000eRegs.STATUS, status);
        if ((changed & E1000eRegs.STATUS_LU) != 0 && (interruptMask & E1000eRegs.INT_LSC) != 0) {
            set(E1000eRegs.ICR, E1000eRegs.INT_LSC);
            interrupt.run();
        }
    }

    /** Sends and receives a frame. */
    private boolean loopBack() {
        boolean dma = busMaster
                && (get(E1000eRegs.STATUS) & E1000eRegs.STATUS_GIO_MASTER_ENABLE) != 0;
        boolean enabled = stuckDma || (get(E1000eRegs.TCTL) & E1000eRegs.TCTL_EN) != 0
                && (get(E1000eRegs.RCTL) & E1000eRegs.RCTL_EN) != 0;
        int head = get(E1000eRegs.TDH);
        if (!dma || !enabled || !cable || holdTransmit || head == get(E1000eRegs.TDT)) {
            return false;
        }
        int descriptors = gather(head);
        if (descriptors == 0 || !receive()) {
            return false;
        }
        for (int i = 0; i < descriptors; i++) {
            report(descriptor(E1000eRegs.TDBAL, head));
            head = next(E1000eRegs.TDLEN, head);
        }
        set(E1000eRegs.TDH, head);
        return true;
    }

    /** Reads the next frame; returns the number of its descriptors, 0 if it is incomplete. */
    private int gather(int head) {
        frame.reset();
        int at = head;
        for (int count = 1; at != get(E1000eRegs.TDT); count++) {
            long descriptor = descriptor(E1000eRegs.TDBAL, at);
            if (descriptor == TestDma.FAULT) {
                return 0;
            }
            long command = RawMemory.getLongVolatile(descriptor + E1000eDescriptor.WORD);
            byte[] piece = new byte[(int) (command & E1000eDescriptor.LENGTH_MASK)];
            long data = translate("frame to send", RawMemory.getLong(descriptor), piece.length);
            if (data == TestDma.FAULT) {
                return 0;
            }
            RawMemory.copy(data, piece, 0, piece.length);
            frame.writeBytes(piece);
            if ((command & E1000eDescriptor.TX_EOP) != 0) {
                return count;
            }
            at = next(E1000eRegs.TDLEN, at);
        }
        return 0;
    }

    private void report(long descriptor) {
        long command = RawMemory.getLongVolatile(descriptor + E1000eDescriptor.WORD);
        if ((command & E1000eDescriptor.TX_RS) != 0 && !losesWrites) {
            RawMemory.putLongRelease(descriptor + E1000eDescriptor.WORD,
                    command | E1000eDescriptor.DD);
        }
    }

    /** Puts the frame into buffers. False: there are too few descriptors now. */
    private boolean receive() {
        byte[] bytes = frame.toByteArray();
        int room = 2048 >> (get(E1000eRegs.RCTL) >> E1000eRegs.RCTL_BSIZE_SHIFT & 3);
        int size = get(E1000eRegs.RDLEN) / E1000eDescriptor.BYTES;
        int head = get(E1000eRegs.RDH);
        int free = Math.floorMod(get(E1000eRegs.RDT) - head, Math.max(1, size));
        if (free * room < bytes.length) {
            return false;
        }
        long errors = damageNext > 0 ? (long) RX_ERROR_CE << 40 : 0;
        damageNext -= damageNext > 0 ? 1 : 0;
        for (int done = 0; done < bytes.length; done += room) {
            int piece = Math.min(room, bytes.length - done);
            long descriptor = descriptor(E1000eRegs.RDBAL, head);
            long buffer = descriptor == TestDma.FAULT ? TestDma.FAULT
                    : translate("receive buffer", RawMemory.getLong(descriptor), piece);
            if (buffer == TestDma.FAULT) {
                return false;
            }
            long end = done + piece == bytes.length ? E1000eDescriptor.RX_EOP | errors : 0;
            if (!losesWrites) {
                RawMemory.copy(bytes, done, buffer, piece);
                RawMemory.putLongRelease(descriptor + E1000eDescriptor.WORD,
                        E1000eDescriptor.DD | end | piece);
            }
            head = next(E1000eRegs.RDLEN, head);
            set(E1000eRegs.RDH, head);
        }
        return true;
    }

    private int next(long lengthRegister, int index) {
        return (index + 1) % (get(lengthRegister) / E1000eDescriptor.BYTES);
    }

    private long descriptor(long baseRegister, int index) {
        long base = Integer.toUnsignedLong(get(baseRegister))
                | (long) get(baseRegister + Integer.BYTES) << Integer.SIZE;
        return translate("descriptor", E1000eDescriptor.at(base, index), E1000eDescriptor.BYTES);
    }
}
