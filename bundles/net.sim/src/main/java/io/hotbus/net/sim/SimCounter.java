// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.pmd.RegisterCounter;

/** The statistics registers that are shown. */
enum SimCounter implements RegisterCounter {
    MPC("rx_missed", SimRegs.MPC),
    ROC("rx_oversize", SimRegs.ROC),
    TXDMAERR("tx_dma_errors", SimRegs.TXDMAERR),
    TNLC("tx_no_link", SimRegs.TNLC);

    private final String xstat;
    private final long offset;

    SimCounter(String xstat, long offset) {
        this.xstat = xstat;
        this.offset = offset;
    }

    @Override
    public String xstat() {
        return xstat;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public Kind kind() {
        return Kind.RISING_64;
    }
}
