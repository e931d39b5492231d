// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.pmd.Registers;
import io.hotbus.pmd.intel.GigabitRegs;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copper PHY of the chip, which is accessed by MDIC while the firmware does not use it. Control
 * threads. Source: the data sheets about MDIC and about access to shared resources; IEEE 802.3,
 * clause 22, for the registers.
 */
final class IgbPhy {
    private static final Logger LOG = LoggerFactory.getLogger(IgbPhy.class);
    /** The firmware has a semaphore for less than this; an access to the PHY takes 64 us. */
    private static final Duration LEAST_LIMIT = Duration.ofMillis(50);
    private static final long PAUSE_NANOS = 100_000;

    private static final int BMCR = 0;
    private static final int BMCR_AN_RESTART = 1 << 9;
    private static final int BMCR_ISOLATE = 1 << 10;
    private static final int BMCR_POWER_DOWN = 1 << 11;
    private static final int BMCR_AN_ENABLE = 1 << 12;
    private static final int BMCR_LOOPBACK = 1 << 14;
    private static final int BMSR = 1;
    private static final int BMSR_AN_COMPLETE = 1 << 5;
    private static final int FAILED = -1;

    private final IgbChip chip;
    private final Registers registers;
    private final Duration limit;

    /** {@code limit}: how long an answer may take; if it is very short, 50 ms. */
    IgbPhy(IgbChip chip, Duration limit) {
        this.chip = chip;
        this.registers = chip.registers();
        this.limit = limit.compareTo(LEAST_LIMIT) < 0 ? LEAST_LIMIT : limit;
    }

    /**
     * Restarts the negotiation unless it is complete: without that a chip may have no link for
     * ever. A link that was kept through a reset of the MAC stays as it is.
     */
    void negotiate() {
        int own = IgbRegs.swPhySm((chip.read(GigabitRegs.STATUS) & IgbRegs.STATUS_LAN_ID)
                >> IgbRegs.STATUS_LAN_ID_SHIFT);
        lock(own);
        int bmcr = read(BMCR);
        int bmsr = read(BMSR);
        boolean done = bmcr != FAILED && bmsr != FAILED
                && ((bmsr & BMSR_AN_COMPLETE) != 0 && (bmcr & BMCR_POWER_DOWN) == 0
                        || write(BMCR, bmcr & ~(BMCR_ISOLATE | BMCR_POWER_DOWN | BMCR_LOOPBACK)
                                | BMCR_AN_ENABLE | BMCR_AN_RESTART));
        unlock(own);
        if (!done && !registers.isAbsent()) {
            LOG.warn("{}: its PHY does not answer: it may stay without a link", chip);
        }
    }

    /**
     * Keeps the firmware from the PHY. The semaphore of a process that was killed stays set, so
     * that of the software is taken over when the limit has passed.
     */
    private void lock(int own) {
        int firmware = own << IgbRegs.FW_SHIFT;
        long end = System.nanoTime() + limit.toNanos();
        boolean taken = false;
        while (!taken && !registers.isAbsent()) {
            lockSync();
            int sync = chip.read(IgbRegs.SW_FW_SYNC);
            taken = (sync & firmware) == 0 || System.nanoTime() > end;
            if (taken) {
                chip.write(IgbRegs.SW_FW_SYNC, sync | own);
            }
            unlockSync();
            if (!taken) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void unlock(int own) {
        lockSync();
        chip.write(IgbRegs.SW_FW_SYNC, chip.read(IgbRegs.SW_FW_SYNC) & ~own);
        unlockSync();
    }

    private void lockSync() {
        registers.await(IgbRegs.SWSM, IgbRegs.SWSM_SMBI, 0, limit);
        chip.write(IgbRegs.SWSM, IgbRegs.SWSM_SMBI | IgbRegs.SWSM_SWESMBI);
        registers.await(IgbRegs.SWSM, IgbRegs.SWSM_SWESMBI, IgbRegs.SWSM_SWESMBI, limit);
    }

    private void unlockSync() {
        chip.write(IgbRegs.SWSM, 0);
    }

    private int read(int register) {
        return access(IgbRegs.MDIC_READ | register << IgbRegs.MDIC_REGADD_SHIFT)
                ? chip.read(IgbRegs.MDIC) & IgbRegs.MDIC_DATA : FAILED;
    }

    private boolean write(int register, int value) {
        return access(IgbRegs.MDIC_WRITE | register << IgbRegs.MDIC_REGADD_SHIFT | value);
    }

    private boolean access(int command) {
        chip.write(IgbRegs.MDIC, command | IgbRegs.MDIC_PHYADD_1);
        return registers.await(IgbRegs.MDIC, IgbRegs.MDIC_READY | IgbRegs.MDIC_ERROR,
                IgbRegs.MDIC_READY, limit);
    }
}
