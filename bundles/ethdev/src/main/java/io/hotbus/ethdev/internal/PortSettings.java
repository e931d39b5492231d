// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.RxFilter;
import java.util.function.UnaryOperator;

/** What can be changed on a port beside its queues. Guarded by the port's lock. */
final class PortSettings {
    private final String port;
    private final EthDev dev;
    private final PortLimits limits;
    private int mtu;
    private RxFilter filter;

    /** {@code port} names the port. */
    PortSettings(String port, EthDev dev, PortLimits limits) {
        this.port = port;
        this.dev = dev;
        this.limits = limits;
        this.mtu = dev.info().mtu();
        this.filter = dev.info().filter().initial(dev.info().macAddress());
    }

    int mtu() {
        return mtu;
    }

    /** @throws DeviceException as {@link io.hotbus.ethdev.Port#setMtu} says */
    void setMtu(int bytes) throws DeviceException {
        limits.checkMtu(bytes);
        dev.setMtu(bytes);
        mtu = bytes;
    }

    RxFilter filter() {
        return filter;
    }

    /** @throws DeviceException as {@link io.hotbus.ethdev.Port#changeRxFilter} says */
    void change(UnaryOperator<RxFilter> change) throws DeviceException {
        RxFilter next;
        try {
            next = change.apply(filter);
        } catch (IllegalArgumentException e) {
            throw new DeviceException(port + ": " + e.getMessage(), e);
        }
        limits.check(filter, next);
        if (!next.equals(filter)) {
            dev.setRxFilter(next);
            filter = next;
        }
    }
}
