// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.testkit.TestDma;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** A transmit queue of the fake chip. */
final class FakeTxQueue {
    private static final int EXTENDED_LENGTH = 0xfffff;

    private final Fake82574 chip;
    private final long registers;
    private final FakeTxUnit unit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    /** What is left of the packet that is being sent, and the descriptors that it takes. */
    private final Deque<byte[]> frames = new ArrayDeque<>();
    private int descriptors;

    /** {@code unit}: that of all queues, which keeps the last context of any (section 7.2.6). */
    FakeTxQueue(Fake82574 chip, int index, FakeTxUnit unit) {
        this.chip = chip;
        this.unit = unit;
        this.registers = index * 0x100L;
    }

    private int get(long register) {
        return chip.get(registers + register);
    }

    /** Forgets what it was about to send. */
    void reset() {
        frames.clear();
    }

    /** Sends a packet, if there is one that {@code wire} takes. */
    boolean send(Predicate<byte[]> wire) {
        int head = get(FakeRegs.TDH);
        if (get(FakeRegs.TDLEN) == 0 || head == get(FakeRegs.TDT)
                || frames.isEmpty() && !gather(head)) {
            return false;
        }
        while (!frames.isEmpty()) {
            if (!wire.test(frames.peek())) {
                return false;
            }
            frames.remove();
        }
        for (int i = 0; i < descriptors; i++) {
            report(chip.descriptor(registers + FakeRegs.TDBAL, head));
            head = chip.next(registers + FakeRegs.TDLEN, head);
        }
        chip.set(registers + FakeRegs.TDH, head);
        return true;
    }

    /** Reads the next packet. False: it is incomplete. */
    private boolean gather(int head) {
        bytes.reset();
        int at = head;
        for (descriptors = 1; at != get(FakeRegs.TDT); descriptors++) {
            long descriptor = chip.descriptor(registers + FakeRegs.TDBAL, at);
            if (descriptor == TestDma.FAULT) {
                return false;
            }
            long first = RawMemory.getLong(descriptor);
            long word = RawMemory.getLongVolatile(descriptor + FakeRegs.WORD);
            if (isContext(word)) {
                unit.context(first, word);
            } else if (!read(first, word)) {
                return false;
            } else if ((word & FakeRegs.TX_EOP) != 0) {
                finish(word);
                return true;
            }
            at = chip.next(registers + FakeRegs.TDLEN, at);
        }
        return false;
    }

    private static boolean isExtended(long word) {
        return (word & E1000eDescriptor.TX_DEXT) != 0;
    }

    private static boolean isContext(long word) {
        return isExtended(word) && (word & E1000eDescriptor.TX_DTYP_DATA) == 0;
    }

    private boolean read(long iova, long word) {
        byte[] piece = new byte[(int) (word
                & (isExtended(word) ? EXTENDED_LENGTH : FakeRegs.LENGTH_MASK))];
        long data = chip.dataToSend(iova, piece.length);
        if (data == TestDma.FAULT) {
            return false;
        }
        RawMemory.copy(data, piece, 0, piece.length);
        bytes.writeBytes(piece);
        return true;
    }

    private void finish(long word) {
        byte[] packet = bytes.toByteArray();
        boolean insert = (word & FakeRegs.TX_VLE) != 0
                && (chip.get(GigabitRegs.CTRL) & GigabitRegs.CTRL_VME) != 0;
        for (byte[] frame : isExtended(word) ? unit.frames(packet, word) : List.of(packet)) {
            frames.add(insert ? TestPacket.tagged(frame, chip.get(GigabitRegs.VET),
                    (int) (word >>> FakeRegs.TX_VLAN_SHIFT)) : frame);
        }
    }

    private void report(long descriptor) {
        long command = RawMemory.getLongVolatile(descriptor + FakeRegs.WORD);
        if ((command & FakeRegs.TX_RS) != 0 && !chip.losesWrites) {
            RawMemory.putLongRelease(descriptor + FakeRegs.WORD,
                    command | FakeRegs.DD);
        }
    }
}
