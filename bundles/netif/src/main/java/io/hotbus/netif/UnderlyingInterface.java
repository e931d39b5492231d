// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import java.io.IOException;
import java.util.Optional;

/**
 * The network interface under an Ethernet device: what it is like now, and what the device sets.
 * Control threads set it, one at a time; any thread may ask.
 */
public final class UnderlyingInterface {
    private final NetInterfaces interfaces;
    private volatile NetInterface now;
    private volatile int speedMbps;
    /** How many changes were told. Guarded by this. */
    private long changes;
    /** The MTU that the device has set, or found. Another program may have changed it since. */
    private int appliedMtu;

    /** Describes an interface that was found just now. */
    public UnderlyingInterface(NetInterfaces interfaces, NetInterface found) {
        this.interfaces = interfaces;
        this.now = found;
        this.appliedMtu = found.mtu();
    }

    /**
     * Finds the interface of a device.
     *
     * @throws DeviceException there is no interface of that name, or its frames are not Ethernet
     *     frames
     * @throws IOException the kernel does not answer
     */
    public static UnderlyingInterface find(NetInterfaces interfaces, String device, String name)
            throws DeviceException, IOException {
        final NetInterface found = interfaces.find(name).orElseThrow(
                () -> new DeviceException("%s: there is no network interface %s (ip link)"
                        .formatted(device, name)));
        if (!found.isEthernet()) {
            throw new DeviceException("%s: the frames of %s are not Ethernet frames"
                    .formatted(device, name));
        }
        return new UnderlyingInterface(interfaces, found);
    }

    /**
     * Adds the MTU of the interface to the facts of its device. Called once, before the first
     * {@link #applyMtu}.
     *
     * @param maxMtu the largest MTU that the driver can do, in bytes
     */
    public EthDevInfo describe(EthDevInfo facts, int maxMtu) {
        final int ofInterface = now.maxMtu() == 0 ? maxMtu : now.maxMtu();
        appliedMtu = Math.min(maxMtu, now.mtu());
        return facts.withMtu(appliedMtu).withMaxMtu(Math.min(maxMtu, ofInterface));
    }

    /** The interface as it is now. */
    public NetInterface now() {
        return now;
    }

    /** The address, if it is one of a station. The loopback interface has none. */
    public Optional<MacAddress> mac() {
        return now.mac().filter(MacAddress::isUnicast);
    }

    /** The MTU now, in bytes, also if another program has set it. */
    public int mtu() {
        return now.mtu();
    }

    /** Takes note of a change. Any thread. */
    public synchronized void changed(NetInterface next) {
        now = next;
        changes++;
    }

    private synchronized long changes() {
        return changes;
    }

    /** Takes over what was read, unless a change was told meanwhile, which may be newer. */
    private synchronized boolean changedSince(long seen, NetInterface read) {
        if (changes == seen) {
            now = read;
        }
        return changes != seen;
    }

    /** See {@link NetInterfaces#watch}. */
    Lease watch(InterfaceListener listener) throws IOException {
        return interfaces.watch(now, listener);
    }

    /** The link now. */
    public Link link() {
        return now.hasLink() ? new Link(true, speedMbps, true) : Link.DOWN;
    }

    /**
     * Sets the MTU, if the device had another one before. An MTU that another program has set stays
     * until the device is given a new one.
     */
    public void applyMtu(int bytes) throws IOException {
        if (bytes != appliedMtu) {
            interfaces.setMtu(now, bytes);
            appliedMtu = bytes;
        }
    }

    /** Sets the address, if {@code next} has another one than {@code before}. */
    public void applyAddress(RxFilter before, RxFilter next) throws IOException {
        if (!next.address().equals(before.address())) {
            interfaces.setMac(now, next.address());
        }
    }

    /** Sets the interface up or down. */
    public void setUp(boolean up) throws IOException {
        interfaces.setUp(now, up);
    }

    /**
     * Reads the interface and the speed of its link again, and returns the interface.
     *
     * @throws IOException the interface is gone
     */
    public NetInterface refresh() throws IOException {
        NetInterface next;
        long seen;
        do {
            seen = changes();
            next = interfaces.find(now.index()).orElseThrow(
                    () -> new IOException("the network interface " + now.name() + " is gone"));
        } while (changedSince(seen, next));
        speedMbps = interfaces.link(next).speedMbps();
        return next;
    }

    /** The name and the index, for messages. */
    @Override
    public String toString() {
        return now.toString();
    }
}
