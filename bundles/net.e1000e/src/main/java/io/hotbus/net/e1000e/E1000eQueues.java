// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.intel.AbstractGigabitFunction;
import io.hotbus.pmd.intel.AbstractGigabitQueues;
import io.hotbus.pmd.intel.AbstractTxContext;
import io.hotbus.pmd.intel.GigabitOffloads;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.pmd.intel.RxFormat;
import io.hotbus.pmd.intel.TxFormat;

/**
 * Makes the queues of an 82574: legacy descriptors for a port without offloads, else extended ones.
 * Control threads.
 */
final class E1000eQueues extends AbstractGigabitQueues {
    private static final int MAX_BUFFER_SHIFT = 14;
    private static final int MIN_BUFFER_SHIFT = 8;
    /** The largest size without RCTL.BSEX, and the size that would be the largest with it. */
    private static final int SMALL_SHIFT = 11;
    private static final int LARGE_SHIFT = 15;

    private static final RxFormat LEGACY_RX = new RxFormat(
            E1000eDescriptor.RX_DD, E1000eDescriptor.RX_EOP, E1000eDescriptor.RX_ERRORS, 0);
    private static final RxFormat EXTENDED_RX =
            RxFormat.extended(E1000eDescriptor.RX_EXTENDED_ERRORS);
    private static final TxFormat LEGACY_TX =
            new TxFormat(TxFormat.IFCS, 0, 0, 0, E1000eDescriptor.TX_MAX_LENGTH);
    static final TxFormat EXTENDED_TX = new TxFormat(
            E1000eDescriptor.TX_DEXT | E1000eDescriptor.TX_DTYP_DATA | TxFormat.IFCS, 0,
            E1000eDescriptor.TX_TSE, 0xffff, E1000eDescriptor.TX_MAX_LENGTH);

    E1000eQueues(AbstractGigabitFunction chip, GigabitOffloads offloads) {
        super(chip, QueueLayout.LOW, offloads);
    }

    /** RSS needs extended descriptors, whether the hash is wanted or not. */
    static boolean isPlainRx(GigabitOffloads offloads) {
        return offloads.rx().isEmpty() && !offloads.spreads();
    }

    @Override
    protected boolean isPlainRx() {
        return isPlainRx(offloads());
    }

    @Override
    protected RxFormat rxFormat() {
        return isPlainRx() ? LEGACY_RX : EXTENDED_RX;
    }

    @Override
    protected TxFormat txFormat() {
        return offloads().tx().isEmpty() ? LEGACY_TX : EXTENDED_TX;
    }

    /** The chip has one place for a context, whichever queue it came from. */
    @Override
    protected AbstractTxContext newContext() {
        return new E1000eContext(offloads().txQueues() == 1);
    }

    @Override
    protected int minBuffer() {
        return 1 << MIN_BUFFER_SHIFT;
    }

    @Override
    protected int bufferSize(int dataRoom) {
        return dataRoom < 1 << MIN_BUFFER_SHIFT ? 0
                : Math.min(1 << MAX_BUFFER_SHIFT, Integer.highestOneBit(dataRoom));
    }

    /** RCTL.BSIZE: 2048, 1024, 512 or 256 bytes; with RCTL.BSEX 16384, 8192 or 4096 bytes. */
    static int bsize(int bufferSize) {
        int shift = Integer.numberOfTrailingZeros(bufferSize);
        return shift <= SMALL_SHIFT ? SMALL_SHIFT - shift << GigabitRegs.RCTL_BSIZE_SHIFT
                : LARGE_SHIFT - shift << GigabitRegs.RCTL_BSIZE_SHIFT | GigabitRegs.RCTL_BSEX;
    }

    @Override
    protected int rxdctl() {
        return E1000eRegs.DCTL_GRAN;
    }

    @Override
    protected int txdctl() {
        return E1000eRegs.DCTL_GRAN | E1000eRegs.TXDCTL_COUNT_DESC;
    }
}
