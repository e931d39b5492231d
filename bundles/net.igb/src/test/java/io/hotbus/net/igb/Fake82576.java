// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.os.LinuxException;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.pci.AdvancedRings;
import io.hotbus.testkit.pci.GigabitModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The model of an 82576. Its PHY negotiates only when it is told to, as that of QEMU's. */
final class Fake82576 extends GigabitModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, 0x76};
    private static final int QUEUES = 16;
    private static final int BMCR = 0;
    private static final int BMSR = 1;
    private static final int AN_COMPLETE = 1 << 5;
    private static final int AN_RESTART = 1 << 9;
    private static final int LONGEST_WITHOUT_LPE = 1518;

    /** The PHY does not answer. */
    volatile boolean deadPhy;
    volatile boolean fiber;
    /** How often the PHY was told to negotiate. */
    volatile int negotiations;
    /** What the write-back of received frames says, besides EOP and the length. */
    volatile long firstWord;
    volatile long status;
    /** The receive queue that frames arrive at. */
    volatile int receiver;

    private final List<AdvancedRings> queues;
    private final int[] phy = new int[2];

    Fake82576(TestDma memory) throws LinuxException {
        super("fake-82576", memory, IgbRegs.BAR0_LENGTH, MAC);
        queues = IntStream.range(0, QUEUES).mapToObj(i -> new AdvancedRings(this, this::translate,
                QueueLayout.HIGH.rx() + i * QueueLayout.HIGH.stride(),
                QueueLayout.HIGH.tx() + i * QueueLayout.HIGH.stride())).toList();
        start();
    }

    AdvancedRings queue(int index) {
        return queues.get(index);
    }

    @Override
    protected int resetOwn() {
        clear();
        set(IgbRegs.CTRL_EXT, fiber ? IgbRegs.CTRL_EXT_LINK_MODE : 0);
        phy[BMSR] = 0;
        set(QueueLayout.HIGH.rx() + QueueLayout.DCTL, QueueLayout.DCTL_ENABLE);
        set(QueueLayout.HIGH.tx() + QueueLayout.DCTL, QueueLayout.DCTL_ENABLE);
        return IgbRegs.CTRL_LRST | 1;
    }

    @Override
    protected void stepOwn() {
        stepPhy();
    }

    @Override
    protected boolean hasNegotiated() {
        return phy[BMSR] == AN_COMPLETE;
    }

    private void stepPhy() {
        int command = get(IgbRegs.MDIC);
        if (deadPhy || (command & (IgbRegs.MDIC_READ | IgbRegs.MDIC_WRITE)) == 0
                || (command & IgbRegs.MDIC_READY) != 0) {
            return;
        }
        int register = command >> IgbRegs.MDIC_REGADD_SHIFT & 1;
        if ((get(IgbRegs.SW_FW_SYNC) & IgbRegs.swPhySm(0)) == 0) {
            violations().add("MDIC without the semaphore of the PHY");
        }
        if ((command & IgbRegs.MDIC_WRITE) != 0 && register == BMCR) {
            phy[BMCR] = command & IgbRegs.MDIC_DATA & ~AN_RESTART;
            if ((command & AN_RESTART) != 0) {
                negotiations++;
                phy[BMSR] = AN_COMPLETE;
            }
        }
        set(IgbRegs.MDIC, command & ~IgbRegs.MDIC_DATA | phy[register] | IgbRegs.MDIC_READY);
    }

    @Override
    protected boolean loopBack() {
        boolean worked = false;
        for (AdvancedRings queue : queues) {
            Optional<byte[]> frame = queue.read();
            if (frame.isPresent() && (isTooLong(frame.get())
                    || queues.get(receiver).receive(frame.get(), firstWord, status))) {
                queue.sent();
                raise(IgbRegs.INT_RXDW);
                worked = true;
            }
        }
        return worked;
    }

    private boolean isTooLong(byte[] frame) {
        return (get(GigabitRegs.RCTL) & GigabitRegs.RCTL_LPE) == 0
                ? frame.length > LONGEST_WITHOUT_LPE
                : frame.length + 4 > get(IgbRegs.RLPML);
    }
}
