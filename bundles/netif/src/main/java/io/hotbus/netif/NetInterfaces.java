// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The network interfaces of the network namespace in which this object was created. A service. Any
 * thread but an lcore; no call waits. Interfaces are named by their index, since they may be
 * renamed. Errors name the call, the interface and the cause.
 */
@Component(service = NetInterfaces.class)
public final class NetInterfaces implements AutoCloseable {
    private static final int IFF_UP = 1;
    private static final int MAC_BYTES = 6;

    private final LinkRequests requests;
    private final LinkSpeed speed;
    private final LinkWatch watch;

    /** Opens the sockets, in the network namespace of the calling thread. */
    @Activate
    public NetInterfaces(@Reference Linux linux, @Reference Sockets sockets,
            @Reference InterruptThread interrupts) throws IOException {
        requests = new LinkRequests(linux, sockets);
        speed = new LinkSpeed(linux, sockets);
        watch = new LinkWatch(linux, sockets, interrupts, requests);
    }

    /** The interface that has that name now. */
    public Optional<NetInterface> find(String name) throws IOException {
        return requests.find(name);
    }

    /** The interface of that index, whatever its name. */
    public Optional<NetInterface> find(int index) throws IOException {
        return requests.find(index);
    }

    /**
     * The interface that has that name now.
     *
     * @param device the device that needs it, for messages
     * @throws DeviceException there is none
     */
    public NetInterface require(String device, String name) throws DeviceException, IOException {
        return requests.find(name).orElseThrow(() -> new DeviceException(
                "%s: there is no network interface %s (ip link)".formatted(device, name)));
    }

    /**
     * Does {@link #require} for a device that needs Ethernet frames.
     *
     * @throws DeviceException there is none, or its frames are others
     */
    public NetInterface ethernet(String device, String name) throws DeviceException, IOException {
        final NetInterface netif = require(device, name);
        if (!netif.isEthernet()) {
            throw new DeviceException("%s: the frames of %s are not Ethernet frames"
                    .formatted(device, name));
        }
        return netif;
    }

    /** All interfaces. */
    public List<NetInterface> all() throws IOException {
        return requests.all();
    }

    /**
     * The present link of the interface. Its speed comes from the driver, which may take a moment
     * for real hardware.
     */
    public Link link(NetInterface netif) {
        return netif.hasLink() ? speed.read(netif.name()) : Link.DOWN;
    }

    /** Sets the MTU, in bytes. Needs CAP_NET_ADMIN. */
    public void setMtu(NetInterface netif, int mtu) throws IOException {
        final ByteBuffer change = requests.change(netif.index());
        LinkMessages.put(change, LinkMessages.IFLA_MTU, mtu);
        requests.apply("MTU " + mtu + " of " + netif.name(), change);
    }

    /** Sets the address. Needs CAP_NET_ADMIN. */
    public void setMac(NetInterface netif, MacAddress mac) throws IOException {
        final ByteBuffer change = requests.change(netif.index());
        final byte[] bytes = new byte[MAC_BYTES];
        for (int i = 0; i < MAC_BYTES; i++) {
            bytes[i] = (byte) (mac.value() >>> Byte.SIZE * (MAC_BYTES - 1 - i));
        }
        LinkMessages.put(change, LinkMessages.IFLA_ADDRESS, bytes);
        requests.apply("address " + mac + " of " + netif.name(), change);
    }

    /** Sets the interface up or down. Needs CAP_NET_ADMIN. */
    public void setUp(NetInterface netif, boolean up) throws IOException {
        final ByteBuffer change = requests.change(netif.index());
        LinkMessages.putFlags(change, up ? IFF_UP : 0, IFF_UP);
        requests.apply((up ? "up of " : "down of ") + netif.name(), change);
    }

    /**
     * Tells {@code listener} of the changes of the interface until the lease is closed, and
     * {@linkplain InterfaceListener#gone of its end} if it went before this call.
     *
     * @throws IOException the kernel does not answer; the listener is not told of anything
     */
    public Lease watch(NetInterface netif, InterfaceListener listener) throws IOException {
        final Lease lease = watch.watch(netif.index(), listener);
        try {
            requests.find(netif.index()).ifPresentOrElse(listener::changed, listener::gone);
        } catch (IOException e) {
            lease.close();
            throw e;
        }
        return lease;
    }

    /**
     * Runs {@code appeared}, on the thread {@code interrupt}, each time an interface appears with
     * that name, or gets it, until the lease is closed; and on the calling thread if there is such
     * an interface now.
     */
    public Lease onAppearance(String name, Runnable appeared) throws IOException {
        final Lease lease = watch.onAppearance(name, appeared);
        try {
            requests.find(name).ifPresent(netif -> appeared.run());
        } catch (IOException e) {
            lease.close();
            throw e;
        }
        return lease;
    }

    /** Closes the sockets. No listener is told of anything from then on. */
    @Override
    @Deactivate
    public void close() throws LinuxException {
        watch.close();
        requests.close();
        speed.close();
    }
}
