// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be changed on a port beside its queues. Guarded by the port's lock. */
final class PortSettings {
    private static final Logger LOG = LoggerFactory.getLogger(PortSettings.class);

    private final String port;
    private final EthDev dev;
    private final PortLimits limits;
    private int mtu;
    private RxFilter filter;
    /** The address of the device itself, which {@link #filter} has unless it was changed. */
    private MacAddress own;

    /** {@code port} names the port. */
    PortSettings(String port, EthDev dev, PortLimits limits) {
        this.port = port;
        this.dev = dev;
        this.limits = limits;
        this.mtu = dev.info().mtu();
        this.own = dev.macAddress();
        this.filter = dev.info().filter().initial(own);
    }

    /**
     * Starts the device, which may get another address by that.
     *
     * @throws DeviceException the device failed; it is stopped
     */
    void start() throws DeviceException {
        dev.start();
        try {
            followAddress();
        } catch (DeviceException e) {
            dev.stop();
            throw e;
        }
    }

    private void followAddress() throws DeviceException {
        MacAddress now = dev.macAddress();
        MacAddress before = own;
        own = now;
        if (!now.equals(before) && filter.address().equals(before)) {
            LOG.info("{}: its address is {} now, and was {}", port, now, before);
            change(present -> present.withAddress(now));
        }
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
