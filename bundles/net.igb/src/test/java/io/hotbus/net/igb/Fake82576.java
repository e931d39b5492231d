// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.os.LinuxException;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitInterrupt;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.pci.AdvancedRings;
import io.hotbus.testkit.pci.PciNicModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The model of an 82576. Its PHY negotiates only when it is told to, as that of QEMU's. */
final class Fake82576 extends PciNicModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, 0x76};
    private static final int QUEUES = 16;
    private static final int GARBAGE = 0xdeadbeef;
    private static final int BMCR = 0;
    private static final int BMSR = 1;
    private static final int AN_COMPLETE = 1 << 5;
    private static final int AN_RESTART = 1 << 9;
    private static final int INTA = 1 << 31;
    private static final int LONGEST_WITHOUT_LPE = 1518;

    /** Whether the chip continues DMA regardless of its registers. */
    volatile boolean stuckDma;
    volatile boolean noAddress;
    /** The PHY does not answer. */
    volatile boolean deadPhy;
    volatile boolean fiber;
    volatile int resets;
    /** How often the PHY was told to negotiate. */
    volatile int negotiations;
    /** What the write-back of received frames says, besides EOP and the length. */
    volatile long firstWord;
    volatile long status;
    /** The receive queue that frames arrive at. */
    volatile int receiver;

    private final List<AdvancedRings> queues;
    private final int[] phy = new int[2];
    private int mask;
    private int causes;
    /** What ICR was set to last, and the causes that were signalled. */
    private int shown;
    private int signalled;

    Fake82576(TestDma memory) throws LinuxException {
        super("fake-82576", memory, IgbRegs.BAR0_LENGTH);
        queues = IntStream.range(0, QUEUES).mapToObj(i -> new AdvancedRings(this, this::translate,
                QueueLayout.HIGH.rx() + i * QueueLayout.HIGH.stride(),
                QueueLayout.HIGH.tx() + i * QueueLayout.HIGH.stride())).toList();
        start();
    }

    AdvancedRings queue(int index) {
        return queues.get(index);
    }

    @Override
    protected void reset() {
        for (long register = 0; register < IgbRegs.BAR0_LENGTH; register += Integer.BYTES) {
            if (register != GigabitRegs.CTRL) {
                set(register, 0);
            }
        }
        for (int i = 0; i < FilterTables.MTA_ENTRIES; i++) {
            set(FilterTables.MTA + 4L * i, GARBAGE);
        }
        if (!noAddress) {
            set(FilterTables.RAL, MAC[0] & 0xff | (MAC[1] & 0xff) << 8 | (MAC[2] & 0xff) << 16
                    | (MAC[3] & 0xff) << 24);
            set(FilterTables.RAH, MAC[4] & 0xff | (MAC[5] & 0xff) << 8 | FilterTables.RAH_AV);
        }
        set(IgbRegs.CTRL_EXT, fiber ? IgbRegs.CTRL_EXT_LINK_MODE : 0);
        phy[BMSR] = 0;
        mask = 0;
        causes = 0;
        shown = 0;
        signalled = 0;
        set(QueueLayout.HIGH.rx() + QueueLayout.DCTL, QueueLayout.DCTL_ENABLE);
        set(QueueLayout.HIGH.tx() + QueueLayout.DCTL, QueueLayout.DCTL_ENABLE);
        set(GigabitRegs.STATUS, GigabitRegs.STATUS_GIO_MASTER_ENABLE);
        // The driver waits for this one.
        set(GigabitRegs.CTRL, IgbRegs.CTRL_LRST | 1);
    }

    @Override
    protected boolean step() {
        if ((get(GigabitRegs.CTRL) & GigabitRegs.CTRL_RST) != 0) {
            if (!stuckReset) {
                reset();
                resets++;
            }
            return false;
        }
        stepPhy();
        stepInterrupt();
        stepStatus();
        return loopBack();
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

    /** A write of the driver to ICR is known by its lack of INTA, and clears causes. */
    private void stepInterrupt() {
        int written = get(GigabitInterrupt.ICR);
        if (written != shown) {
            causes &= ~written;
        }
        mask &= ~take(GigabitInterrupt.IMC);
        mask |= take(GigabitInterrupt.IMS);
        shown = causes == 0 ? 0 : causes | INTA;
        set(GigabitInterrupt.ICR, shown);
        int raised = causes & mask & ~signalled;
        signalled = causes & mask;
        if (raised != 0) {
            interrupt.run();
        }
    }

    /** What the driver wrote before is done before, and the cause is shown at once. */
    private void raise(int cause) {
        stepInterrupt();
        causes |= cause;
        stepInterrupt();
    }

    private void stepStatus() {
        int control = get(GigabitRegs.CTRL);
        boolean link = cable && (control & GigabitRegs.CTRL_SLU) != 0 && phy[BMSR] == AN_COMPLETE;
        boolean master = stuckDma || (control & GigabitRegs.CTRL_GIO_MASTER_DISABLE) == 0;
        int next = (link ? GigabitRegs.STATUS_LU | GigabitRegs.STATUS_FD
                | 2 << GigabitRegs.STATUS_SPEED_SHIFT : 0) | (master ? GigabitRegs.STATUS_GIO_MASTER_ENABLE : 0);
        int changed = get(GigabitRegs.STATUS) ^ next;
        set(GigabitRegs.STATUS, next);
        if ((changed & GigabitRegs.STATUS_LU) != 0) {
            signalled &= ~GigabitRegs.INT_LSC;
            raise(GigabitRegs.INT_LSC);
        }
    }

    /** Sends and receives a frame of each queue. */
    private boolean loopBack() {
        boolean dma = busMaster
                && (get(GigabitRegs.STATUS) & GigabitRegs.STATUS_GIO_MASTER_ENABLE) != 0;
        boolean enabled = stuckDma || (get(GigabitRegs.TCTL) & GigabitRegs.TCTL_EN) != 0
                && (get(GigabitRegs.RCTL) & GigabitRegs.RCTL_EN) != 0;
        if (!dma || !enabled || !cable || holdTransmit) {
            return false;
        }
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
