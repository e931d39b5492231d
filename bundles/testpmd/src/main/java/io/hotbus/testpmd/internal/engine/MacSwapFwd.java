// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/**
 * {@code macswap}: source and destination address are swapped. Source: DPDK {@code
 * app/test-pmd/macswap.c}.
 */
@Component
public final class MacSwapFwd implements ForwardEngine {
    @Override
    public String name() {
        return "macswap";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count != 0) {
            long[] mbufs = stream.mbufs();
            for (int i = 0; i < count; i++) {
                if (Mbuf.segmentLength(mbufs[i]) >= Bytes.ETHERNET) {
                    Bytes.swapMacs(Mbuf.data(mbufs[i]));
                }
            }
            VlanInsert.mark(stream, mbufs, count);
            stream.transmit(count);
        }
    }
}
