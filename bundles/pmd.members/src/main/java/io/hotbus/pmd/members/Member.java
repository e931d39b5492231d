// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A device below a port, there or not. Guarded by {@link Members}. */
public final class Member {
    private final int index;
    private final MemberSource source;
    /** The devargs that it is expected with; empty while that is unknown. Read by any thread. */
    volatile Optional<Devargs> devargs;
    Optional<ExpectedDevice> expected = Optional.empty();
    Optional<Port> port = Optional.empty();
    boolean started;
    Link link = Link.DOWN;
    String failure = "";
    long adoptions;
    long removals;
    private EthStats before = EthStats.ZERO;
    private final Map<String, Long> xstatsBefore = new LinkedHashMap<>();

    Member(int index, MemberSource source) {
        this.index = index;
        this.source = source;
        this.devargs = source.device();
    }

    /** Its number, from 0 on: its place in the devargs. */
    public int index() {
        return index;
    }

    /** How its device was given. */
    public MemberSource source() {
        return source;
    }

    /** Its port, which the port above owns; empty while the device is away. */
    public Optional<Port> port() {
        return port;
    }

    /** Whether it is started. */
    public boolean started() {
        return started;
    }

    /** The link at the last look. */
    public Link link() {
        return link;
    }

    /** Why it is not used although it may be there; empty if it is used or away. */
    public String failure() {
        return port.isPresent() ? "" : failure;
    }

    /** How often it was taken over. */
    public long adoptions() {
        return adoptions;
    }

    /** How often it was pulled out. */
    public long removals() {
        return removals;
    }

    /** {@code away}, {@code stopped} or {@code started}. */
    public String state() {
        return port.isEmpty() ? "away" : started ? "started" : "stopped";
    }

    /** Whether {@code which} is its port. */
    public boolean is(Port which) {
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
    public EthStats stats() {
        return port.map(now -> before.plus(now.stats())).orElse(before);
    }

    /** The counts of all its ports so far, by name. */
    public Map<String, Long> xstats() {
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
