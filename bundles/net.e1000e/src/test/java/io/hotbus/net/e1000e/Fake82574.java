// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.pci.GigabitModel;
import java.util.List;
import java.util.stream.IntStream;

/** The model of an 82574. */
final class Fake82574 extends GigabitModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, (byte) 0xd3};
    private static final int RX_ERROR_CE = 1;
    /** With a VLAN tag, without the FCS. */
    private static final int LONGEST_WITHOUT_LPE = 1518;

    volatile boolean nvmBroken;
    /** What it writes to memory is lost, as where a bridge lets none of it through. */
    volatile boolean losesWrites;
    /** A reset leaves the rings as they are, as that of QEMU 7.2. */
    volatile boolean keepsInReset;
    volatile int damageNext;

    private final FakeTxUnit unit = new FakeTxUnit();
    private final List<FakeTxQueue> transmit =
            List.of(new FakeTxQueue(this, 0, unit), new FakeTxQueue(this, 1, unit));
    private final FakeRss rss = new FakeRss(this);

    Fake82574(TestDma memory) throws LinuxException {
        super("fake-82574", memory, E1000eRegs.BAR0_LENGTH, MAC);
        start();
    }

    @Override
    protected int resetOwn() {
        int[] kept = keepsInReset ? rings() : new int[0];
        int pba = get(E1000eRegs.PBA);
        clear();
        transmit.forEach(FakeTxQueue::reset);
        set(E1000eRegs.PBA, pba);
        for (int i = 0; i < kept.length; i++) {
            set(ringRegister(i), kept[i]);
        }
        set(GigabitRegs.EECD, nvmBroken ? 0 : GigabitRegs.EECD_AUTO_RD);
        return E1000eRegs.CTRL_ASDE | 1;
    }

    /** The registers of all rings, up to the tail. */
    private static long ringRegister(int index) {
        long ring = (index & 8) == 0 ? FakeRegs.RDBAL : FakeRegs.TDBAL;
        return ring + (index >> 4) * FakeRegs.QUEUE_STRIDE + (index & 7) * 4L;
    }

    private int[] rings() {
        return IntStream.range(0, 32).map(i -> get(ringRegister(i))).toArray();
    }

    @Override
    protected boolean loopBack() {
        boolean worked = false;
        for (FakeTxQueue queue : transmit) {
            worked |= queue.send(this::receive);
        }
        return worked;
    }

    /** Receives a frame, unless the filter drops it. False: there are too few descriptors now. */
    private boolean receive(byte[] wire) {
        if (wire.length > LONGEST_WITHOUT_LPE
                && (get(GigabitRegs.RCTL) & GigabitRegs.RCTL_LPE) == 0) {
            set(FakeRegs.ROC, get(FakeRegs.ROC) + 1);
            return true;
        }
        boolean tagged = TestPacket.get16(wire, TestPacket.TYPE) == get(GigabitRegs.VET);
        int tci = tagged ? TestPacket.get16(wire, TestPacket.TYPE + 2) : 0;
        if (tagged && !passes(tci & RxFilter.MAX_VLAN)) {
            return true;
        }
        boolean strip = tagged && (get(GigabitRegs.CTRL) & GigabitRegs.CTRL_VME) != 0;
        return store(strip ? TestPacket.untagged(wire) : wire, strip
                ? FakeRegs.RX_VP | (long) tci << FakeRegs.RX_VLAN_SHIFT : 0);
    }

    private boolean passes(int vlan) {
        return (get(GigabitRegs.RCTL) & FilterTables.RCTL_VFE) == 0
                || (get(FilterTables.VFTA + 4L * (vlan >> 5)) & 1 << vlan) != 0;
    }

    /** Puts the frame into buffers. False: there are too few descriptors now. */
    private boolean store(byte[] bytes, long tag) {
        long info = rss.info(bytes);
        long queue = FakeRss.queue(info) * FakeRegs.QUEUE_STRIDE;
        boolean extended = (get(E1000eRegs.RFCTL) & E1000eRegs.RFCTL_EXSTEN) != 0;
        int room = (get(GigabitRegs.RCTL) & GigabitRegs.RCTL_BSEX) == 0
                ? 2048 >> bsize() : 32768 >> bsize();
        int size = get(queue + FakeRegs.RDLEN) / FakeRegs.BYTES;
        int head = get(queue + FakeRegs.RDH);
        int free = Math.floorMod(get(queue + FakeRegs.RDT) - head, Math.max(1, size));
        if (free * room < bytes.length) {
            return false;
        }
        int errors = damageNext > 0 ? RX_ERROR_CE : 0;
        damageNext -= damageNext > 0 ? 1 : 0;
        long checks = tag | FakeRxUnit.check(bytes, get(GigabitRegs.RXCSUM));
        for (int done = 0; done < bytes.length; done += room) {
            int piece = Math.min(room, bytes.length - done);
            boolean ends = done + piece == bytes.length;
            long descriptor = descriptor(queue + FakeRegs.RDBAL, head);
            long iova = descriptor == TestDma.FAULT ? 0 : RawMemory.getLong(descriptor);
            long buffer = descriptor == TestDma.FAULT ? TestDma.FAULT
                    : translate("receive buffer", iova, piece);
            if (buffer == TestDma.FAULT) {
                return false;
            }
            if (!losesWrites) {
                RawMemory.copy(bytes, done, buffer, piece);
                writeBack(descriptor, extended
                        ? extendedWord(piece, ends, ends ? checks : 0, errors)
                        : legacyWord(piece, ends, errors), extended ? ends ? info : 0 : iova);
            }
            head = next(queue + FakeRegs.RDLEN, head);
            set(queue + FakeRegs.RDH, head);
        }
        raise(E1000eRegs.INT_RX);
        return true;
    }

    private int bsize() {
        return get(GigabitRegs.RCTL) >> GigabitRegs.RCTL_BSIZE_SHIFT & 3;
    }

    private static long legacyWord(int length, boolean ends, int errors) {
        return FakeRegs.DD | length
                | (ends ? E1000eDescriptor.RX_EOP | (long) errors << 40 : 0);
    }

    private static long extendedWord(int length, boolean ends, long checks, int errors) {
        return FakeRegs.RX_EXTENDED_DD | (long) length << FakeRegs.RX_LENGTH_SHIFT | checks
                | (ends ? FakeRegs.RX_EXTENDED_EOP | (long) errors << 24 : 0);
    }

    /** The extended format overwrites the address of the buffer, too. */
    private static void writeBack(long descriptor, long word, long first) {
        RawMemory.putLong(descriptor, first);
        RawMemory.putLongRelease(descriptor + FakeRegs.WORD, word);
    }

    int next(long lengthRegister, int index) {
        return (index + 1) % (get(lengthRegister) / FakeRegs.BYTES);
    }

    long descriptor(long baseRegister, int index) {
        long base = Integer.toUnsignedLong(get(baseRegister))
                | (long) get(baseRegister + Integer.BYTES) << Integer.SIZE;
        return translate("descriptor", FakeRegs.at(base, index), FakeRegs.BYTES);
    }

    /** The memory of a piece of a frame to be sent. */
    long dataToSend(long iova, int length) {
        return translate("frame to send", iova, length);
    }
}
