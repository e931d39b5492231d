// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortChoice;
import io.hotbus.testpmd.PortPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Configures ports as they are to be forwarded on, and again where that has changed. Guarded by
 * the lifecycle's lock.
 */
final class PortSetup {
    private final Options options;
    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final Map<Port, PortConfig> configured = new WeakHashMap<>();

    PortSetup(Options options, Forwarder forwarder, FwdSettings settings) {
        this.options = options;
        this.forwarder = forwarder;
        this.settings = settings;
    }

    /** @throws DeviceException the device cannot be set up so */
    void begin(Port port) throws DeviceException {
        configure(port, forwarder.portConfig(port));
        adjust(port, PortChoice.NONE);
    }

    /** Whether a port is to be started once it is set up. */
    boolean isToStart(Port port) {
        return options.startDevices() && !choice(port).stopped();
    }

    /**
     * Configures a stopped port that was set up here, if that has changed since.
     *
     * @throws DeviceException the port has an owner, or the device cannot be set up so; then it is
     *     not configured
     */
    void refresh(Port port) throws DeviceException {
        requireFree(port);
        PortConfig wanted = forwarder.portConfig(port);
        if (configured.containsKey(port) && !wanted.equals(configured.get(port))
                && port.state() == PortState.STOPPED) {
            configure(port, wanted);
        }
    }

    /**
     * Whether the port must be stopped to become what is planned for it.
     *
     * @param before what was planned when it was set up
     * @throws DeviceException no memory
     */
    boolean needsStop(Port port, PortPlan before) throws DeviceException {
        return !isConfigured(port) || port.mtu() != mtu(port) || !isToStart(port)
                || settings.plan(port.name()).txVlan() != before.txVlan()
                || settings.plan(port.name()).tsoSegment() != before.tsoSegment();
    }

    /**
     * Whether its queues and offloads are as planned.
     *
     * @throws DeviceException no memory
     */
    boolean isConfigured(Port port) throws DeviceException {
        return port.config().filter(forwarder.portConfig(port)::equals).isPresent();
    }

    /** @throws DeviceException what is planned for the port is beyond the limits of its device */
    void requirePossible(Port port) throws DeviceException {
        DeviceLimits.require(port, forwarder.portConfig(port), mtu(port));
    }

    /**
     * Sets the MTU of a stopped port and its filter as planned.
     *
     * @param before what was chosen when it was set up
     * @throws DeviceException the device cannot do it
     */
    void adjust(Port port, PortChoice before) throws DeviceException {
        if (port.mtu() != mtu(port)) {
            port.setMtu(mtu(port));
        }
        filter(port, before);
    }

    /** Sets the filter of a port as planned, without a stop. */
    void filter(Port port, PortChoice before) throws DeviceException {
        RxFilter wanted = filtered(port, before);
        if (!wanted.equals(port.rxFilter())) {
            port.changeRxFilter(now -> wanted);
        }
    }

    private RxFilter filtered(Port port, PortChoice before) {
        PortChoice now = choice(port);
        RxFilter fresh = port.info().filter().initial(port.info().macAddress());
        RxFilter filter = port.rxFilter();
        if (now.promiscuous().isPresent() || before.promiscuous().isPresent()) {
            filter = filter.withPromiscuous(now.promiscuous().orElse(fresh.promiscuous()));
        }
        if (now.allMulticast().isPresent() || before.allMulticast().isPresent()) {
            filter = filter.withAllMulticast(now.allMulticast().orElse(fresh.allMulticast()));
        }
        if (now.address().isPresent() || before.address().isPresent()) {
            filter = filter.withAddress(now.address().orElse(fresh.address()));
        }
        return filter;
    }

    private int mtu(Port port) {
        int all = options.maxPacket() == 0 ? port.info().mtu()
                : options.maxPacket() - Options.FRAME_OVERHEAD;
        return choice(port).mtu().orElse(all);
    }

    private PortChoice choice(Port port) {
        return settings.plan(port.name()).setup();
    }

    /** In what the port differs from what is planned for it; empty if it is as planned. */
    List<String> differences(Port port) {
        List<String> differences = new ArrayList<>();
        PortConfig wanted;
        try {
            wanted = forwarder.portConfig(port);
        } catch (DeviceException e) {
            return List.of(e.getMessage());
        }
        PortConfig actual = port.config().orElse(null);
        if (actual == null) {
            return List.of("it is not set up");
        }
        compare(differences, "rxq", actual.rxQueues(), wanted.rxQueues());
        compare(differences, "txq", actual.txQueues(), wanted.txQueues());
        compare(differences, "rxd", actual.rxDescriptors(), wanted.rxDescriptors());
        compare(differences, "txd", actual.txDescriptors(), wanted.txDescriptors());
        compare(differences, "rx-offloads", actual.rxOffloads(), wanted.rxOffloads());
        compare(differences, "tx-offloads", actual.txOffloads(), wanted.txOffloads());
        compare(differences, "rss", actual.rss().hashes(), wanted.rss().hashes());
        compare(differences, "mtu", port.mtu(), mtu(port));
        RxFilter filter = filtered(port, PortChoice.NONE);
        compare(differences, "promisc", port.promiscuous(), filter.promiscuous());
        compare(differences, "allmulti", port.rxFilter().allMulticast(), filter.allMulticast());
        compare(differences, "mac", port.macAddress(), filter.address());
        compare(differences, "stopped", port.state() != PortState.STARTED, !isToStart(port));
        return differences;
    }

    private static void compare(List<String> to, String key, Object actual, Object wanted) {
        if (!actual.equals(wanted)) {
            to.add("%s is %s, wanted %s".formatted(key, actual, wanted));
        }
    }

    /** @throws DeviceException the port has an owner, for example a bond that it is a member of */
    static void requireFree(Port port) throws DeviceException {
        String owner = port.owner().orElse(null);
        if (owner != null) {
            throw new DeviceException("%s: is owned by %s".formatted(port, owner));
        }
    }

    void configure(Port port, PortConfig config) throws DeviceException {
        configured.put(port, null); // where it fails, the next start tries again
        port.configure(config);
        configured.put(port, config);
    }
}
