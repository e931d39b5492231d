// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/** {@code rxonly}: packets are received and freed. Source: DPDK {@code app/test-pmd/rxonly.c}. */
@Component
public final class RxOnlyFwd implements ForwardEngine {
    @Override
    public String name() {
        return "rxonly";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count != 0) {
            stream.free(count);
        }
    }
}
