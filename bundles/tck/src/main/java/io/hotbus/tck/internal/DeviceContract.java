// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Devargs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;

/** Base of the tests of one device. The device is not attached before and after each test. */
@ExtendWith(ContractExtension.class)
public abstract class DeviceContract {
    @Parameter(0)
    protected Devargs devargs;
    protected Platform platform;
    protected Testee testee;

    @BeforeEach
    void open(Platform ours) throws Exception {
        platform = ours;
        platform.open();
        testee = new Testee(platform, devargs);
        testee.restore();
    }

    @AfterEach
    void close() throws Exception {
        try {
            if (testee != null) {
                testee.restore();
            }
        } finally {
            platform.close();
        }
    }
}
