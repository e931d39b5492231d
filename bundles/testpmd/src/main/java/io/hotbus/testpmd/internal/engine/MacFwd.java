// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/**
 * {@code mac}: the source becomes the address of the port that sends, the destination that of its
 * peer. Source: DPDK {@code app/test-pmd/macfwd.c}.
 */
@Component
public final class MacFwd implements ForwardEngine {
    @Override
    public String name() {
        return "mac";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count != 0) {
            long[] mbufs = stream.mbufs();
            long peer = stream.peerMac();
            long own = stream.txMac();
            for (int i = 0; i < count; i++) {
                if (Mbuf.segmentLength(mbufs[i]) >= Bytes.ETHERNET) {
                    long frame = Mbuf.data(mbufs[i]);
                    Bytes.putMac(frame, peer);
                    Bytes.putMac(frame + Bytes.SOURCE, own);
                }
            }
            VlanInsert.mark(stream, mbufs, count);
            stream.transmit(count);
        }
    }
}
