// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.eal.io.RawMemory;
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
                swapAddresses(Mbuf.data(mbufs[i]));
            }
            stream.transmit(count);
        }
    }

    /** Six bytes of destination, then six of source. */
    private static void swapAddresses(long frame) {
        int destination = RawMemory.getInt(frame);
        short destinationEnd = RawMemory.getShort(frame + 4);
        RawMemory.putInt(frame, RawMemory.getInt(frame + 6));
        RawMemory.putShort(frame + 4, RawMemory.getShort(frame + 10));
        RawMemory.putInt(frame + 6, destination);
        RawMemory.putShort(frame + 10, destinationEnd);
    }
}
