// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A device below a failsafe port, there or not. Guarded by {@link SubDevices}. */
final class SubDevice {
    /** Its place in the devargs, from 0 on: the lower, the more it is preferred. */
    final int index;
    final SubDeviceSource source;
    /** The devargs that it is expected with; empty while that is unknown. Read by any thread. */
    volatile Optional<Devargs> devargs = Optional.empty();
    Optional<ExpectedDevice> expected = Optional.empty();
    /** Its port, which the failsafe port owns; empty while the device is away. */
    Optional<Port> port = Optional.empty();
    boolean started;
    /** The link at the last look. */
    Link link = Link.DOWN;
    /** Why it is not used although it may be there; empty if it is used or away. */
    String failure = "";
    long adoptions;
    long removals;
    private EthStats before = EthStats.ZERO;
    private final Map<String, Long> xstatsBefore = new LinkedHashMap<>();

    SubDevice(int index, SubDeviceSource source) {
        this.index = index;
        this.source = source;
    }

    boolean is(Port which) {
        return port.filter(own -> own == which).isPresent();
    }

    /** Forgets the port, which is closed, and keeps what it counted. */
    void forgetPort() {
        port.ifPresent(gone -> {
            before = before.plus(gone.stats());
            gone.xstats().forEach((name, value) -> xstatsBefore.merge(name, value, Long::sum));
        });
        port = Optional.empty();
        started = false;
        link = Link.DOWN;
    }

    /** The counts of all its ports so far. */
    EthStats stats() {
        return port.map(now -> before.plus(now.stats())).orElse(before);
    }

    /** The counts of all its ports so far, by name. */
    Map<String, Long> xstats() {
        Map<String, Long> sum = new LinkedHashMap<>(xstatsBefore);
        port.ifPresent(now -> now.xstats().forEach(
                (name, value) -> sum.merge(name, value, Long::sum)));
        return sum;
    }

    void resetStats() {
        port.ifPresent(Port::resetStats);
        before = EthStats.ZERO;
        xstatsBefore.replaceAll((name, value) -> 0L);
    }

    /** The device, or the source while there is none. */
    @Override
    public String toString() {
        return port.map(Port::name).or(() -> devargs.map(Devargs::name))
                .orElseGet(source::toString);
    }
}
