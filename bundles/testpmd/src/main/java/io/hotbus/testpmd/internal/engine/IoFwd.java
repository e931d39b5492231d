// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/** {@code io}: packets are forwarded unchanged. Source: DPDK {@code app/test-pmd/iofwd.c}. */
@Component
public final class IoFwd implements ForwardEngine {
    @Override
    public String name() {
        return "io";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count != 0) {
            stream.transmit(count);
        }
    }
}
