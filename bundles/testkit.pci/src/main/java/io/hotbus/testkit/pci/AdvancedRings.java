// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.testkit.TestDma;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A pair of queues of a model with the advanced descriptors of Intel's gigabit chips. The model
 * calls it in its steps. Offsets and bits are those of the data sheet of the 82576, chapters
 * "Inline Functions" and "Programming Interface".
 */
public final class AdvancedRings {
    /** Translates an IOVA; see {@code NicModel.translate}. */
    @FunctionalInterface
    @ConsumerType
    public interface Memory {
        /** The address of {@code length} bytes at {@code iova}; {@code what} is for messages. */
        long translate(String what, long iova, int length);
    }

    private static final int BYTES = 16;
    private static final int WORD = 8;
    private static final int LEN = 0x08;
    private static final int SRRCTL = 0x0c;
    private static final int HEAD = 0x10;
    private static final int TAIL = 0x18;
    private static final int DCTL = 0x28;
    private static final int ENABLE = 1 << 25;
    private static final int DESCTYPE = 7 << 25;
    private static final int ADVANCED_ONE_BUFFER = 1 << 25;
    private static final long RX_DD = 1;
    private static final long RX_EOP = 2;
    private static final long RX_RXE = 1L << 31;
    private static final long TX_EOP = 1L << 24;
    private static final long TX_RS = 1L << 27;
    private static final long TX_DEXT = 1L << 29;
    private static final long TX_DTYP = 0xfL << 20;
    private static final long TX_DATA = 3L << 20;
    private static final long TX_CONTEXT = 2L << 20;
    private static final long TX_TSE = 1L << 31;
    private static final long TX_DD = 1L << 32;
    private static final int TX_PAYLEN_SHIFT = 46;
    private static final int LENGTH = 0xffff;

    private final PciNicModel chip;
    private final Memory memory;
    private final long rx;
    private final long tx;
    /** The descriptors of the frame that was read last; they are reported when it was sent. */
    private final Deque<Long> taken = new ArrayDeque<>();

    /** The first word of the context descriptor that was read last. */
    public volatile long contextFirst;
    /** Its second word. */
    public volatile long contextSecond;
    /** The second word of the data descriptor that was read last. */
    public volatile long request;

    /**
     * Creates the queues with the registers from {@code rx} (RDBAL) and {@code tx} (TDBAL) on.
     *
     * @param memory the memory that the model reaches
     */
    public AdvancedRings(PciNicModel chip, Memory memory, long rx, long tx) {
        this.chip = chip;
        this.memory = memory;
        this.rx = rx;
        this.tx = tx;
    }

    /** Disables both queues and empties their registers, as a reset does. */
    public void reset() {
        for (long block : new long[] {rx, tx}) {
            for (int register = 0; register < 0x40; register += Integer.BYTES) {
                chip.set(block + register, 0);
            }
        }
        taken.clear();
    }

    private boolean isEnabled(long block) {
        return (chip.get(block + DCTL) & ENABLE) != 0 && size(block) > 0;
    }

    private int size(long block) {
        return chip.get(block + LEN) / BYTES;
    }

    private long descriptor(long block, int index) {
        long base = Integer.toUnsignedLong(chip.get(block))
                | (long) chip.get(block + Integer.BYTES) << Integer.SIZE;
        return memory.translate("descriptor", base + (long) index * BYTES, BYTES);
    }

    /** Reads the next frame to send; empty if there is none. {@link #sent} moves on. */
    public Optional<byte[]> read() {
        taken.clear();
        int head = chip.get(tx + HEAD);
        if (!isEnabled(tx)) {
            return Optional.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (; head != chip.get(tx + TAIL); head = (head + 1) % size(tx)) {
            long descriptor = descriptor(tx, head);
            if (descriptor == TestDma.FAULT) {
                return Optional.empty();
            }
            taken.add(descriptor);
            long word = RawMemory.getLongVolatile(descriptor + WORD);
            if (isContext(word)) {
                contextFirst = RawMemory.getLong(descriptor);
                contextSecond = word;
            } else if (!append(bytes, RawMemory.getLong(descriptor), word)) {
                return Optional.empty();
            } else if ((word & TX_EOP) != 0) {
                require(bytes.size() == word >>> TX_PAYLEN_SHIFT || (word & TX_TSE) != 0,
                        "PAYLEN is not the length of the frame");
                return Optional.of(bytes.toByteArray());
            }
        }
        return Optional.empty();
    }

    private boolean isContext(long word) {
        require((word & TX_DEXT) != 0, "a legacy descriptor");
        boolean context = (word & TX_DTYP) == TX_CONTEXT;
        require(context || (word & TX_DTYP) == TX_DATA, "an unknown DTYP");
        require(!context || (word & TX_RS) == 0, "RS in a context descriptor");
        return context;
    }

    private boolean append(ByteArrayOutputStream bytes, long iova, long word) {
        byte[] piece = new byte[(int) (word & LENGTH)];
        long data = memory.translate("frame to send", iova, piece.length);
        if (data == TestDma.FAULT) {
            return false;
        }
        RawMemory.copy(data, piece, 0, piece.length);
        bytes.writeBytes(piece);
        request = word;
        return true;
    }

    /** Reports the frame that was read last, and moves on. */
    public void sent() {
        int head = chip.get(tx + HEAD);
        for (long descriptor : taken) {
            long word = RawMemory.getLongVolatile(descriptor + WORD);
            if ((word & TX_RS) != 0) {
                RawMemory.putLongRelease(descriptor + WORD, word | TX_DD);
            }
        }
        chip.set(tx + HEAD, (head + taken.size()) % size(tx));
    }

    /**
     * Puts a frame into receive buffers.
     *
     * @param first  the first word of the write-back: RSS type and hash
     * @param status bits of the second word, besides DD, EOP and the length
     * @return false if there are too few descriptors now
     */
    public boolean receive(byte[] frame, long first, long status) {
        int room = (chip.get(rx + SRRCTL) & 0x7f) << 10;
        int head = chip.get(rx + HEAD);
        if (!isEnabled(rx)
                || Math.floorMod(chip.get(rx + TAIL) - head, size(rx)) * room < frame.length) {
            return false;
        }
        require((chip.get(rx + SRRCTL) & DESCTYPE) == ADVANCED_ONE_BUFFER, "another DESCTYPE");
        for (int done = 0; done < frame.length; done += room) {
            int piece = Math.min(room, frame.length - done);
            boolean ends = done + piece == frame.length;
            long descriptor = descriptor(rx, head);
            long buffer = descriptor == TestDma.FAULT ? TestDma.FAULT
                    : memory.translate("receive buffer", RawMemory.getLong(descriptor), piece);
            if (buffer == TestDma.FAULT) {
                return false;
            }
            require(RawMemory.getLong(descriptor + WORD) == 0, "a header buffer, or DD");
            RawMemory.copy(frame, done, buffer, piece);
            RawMemory.putLong(descriptor, ends ? first : 0);
            RawMemory.putLongRelease(descriptor + WORD, RX_DD | (long) piece << Integer.SIZE
                    | (ends ? RX_EOP | status : status & RX_RXE));
            head = (head + 1) % size(rx);
            chip.set(rx + HEAD, head);
        }
        return true;
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            chip.violations().add(otherwise);
        }
    }
}
