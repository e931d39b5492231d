// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How members are set up: like the port above, as far as they can. Guarded by {@link Members}. */
final class MemberSetup {
    private static final Logger LOG = LoggerFactory.getLogger(MemberSetup.class);

    private final String name;
    private final String kind;
    private final MemberUser user;
    private Optional<PortConfig> config = Optional.empty();
    private int portId;
    private int mtu;
    private RxFilter filter;

    /**
     * Creates it, for a port that is not configured.
     *
     * @param name the device of the port above
     * @param kind what a member is called in messages
     */
    MemberSetup(String name, String kind, MemberUser user) {
        this.name = name;
        this.kind = kind;
        this.user = user;
    }

    /** The number to mark received packets with. */
    void portAssigned(int id) {
        portId = id;
    }

    /** Members are set up like that from now on. */
    void configure(PortConfig next, int nextMtu, RxFilter nextFilter) {
        config = Optional.of(next);
        change(nextMtu, nextFilter);
    }

    void change(int nextMtu, RxFilter nextFilter) {
        mtu = nextMtu;
        change(nextFilter);
    }

    void change(RxFilter nextFilter) {
        filter = nextFilter;
    }

    /**
     * Sets a member up, if the port above is configured.
     *
     * @throws DeviceException the member cannot do what is needed
     */
    void apply(Member member, Port port) throws DeviceException {
        port.receiveAs(portId);
        if (config.isEmpty()) {
            return;
        }
        MemberSettings settings = new MemberSettings(port);
        applyMtu(port);
        port.configure(settings.config(config.get()));
        RxFilter wanted = user.filter(member, port, filter);
        port.changeRxFilter(now -> settings.filter(wanted));
        if (!settings.lacking().isEmpty()) {
            LOG.warn("{}: {} {} lacks {}", name, kind, port.name(),
                    String.join("; ", settings.lacking()));
        }
    }

    /** @throws DeviceException the member does not take the MTU */
    void applyMtu(Port port) throws DeviceException {
        if (port.mtu() != mtu) {
            port.setMtu(mtu);
        }
    }

    /**
     * Gives a member its filter, if the port above has one.
     *
     * @throws DeviceException the member does not take it
     */
    void applyFilter(Member member, Port port) throws DeviceException {
        if (filter != null) {
            MemberSettings settings = new MemberSettings(port);
            RxFilter wanted = user.filter(member, port, filter);
            port.changeRxFilter(now -> settings.filter(wanted));
        }
    }
}
