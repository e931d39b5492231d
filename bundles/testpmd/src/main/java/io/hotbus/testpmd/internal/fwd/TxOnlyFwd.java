// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/**
 * {@code txonly}: packets are made and transmitted, received ones stay where they are. They are
 * numbered by stream. Source: DPDK {@code app/test-pmd/txonly.c}.
 */
@Component
public final class TxOnlyFwd implements ForwardEngine {
    @Override
    public String name() {
        return "txonly";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.allocate();
        if (count != 0) {
            long[] mbufs = stream.mbufs();
            long source = stream.txPort().macAddress().value();
            long first = stream.sent() + stream.dropped();
            for (int i = 0; i < count; i++) {
                TestFrame.write(mbufs[i], TestFrame.GENERATED, source, first + i);
            }
            stream.transmit(count);
        }
    }
}
