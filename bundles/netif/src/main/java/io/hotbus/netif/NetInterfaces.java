// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
    private static final Path SYSFS = Path.of("/sys/class/net");

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

    /** All interfaces. */
    public List<NetInterface> all() throws IOException {
        return requests.all();
    }

    /**
     * The interfaces that the kernel's driver of a device has made, such as those of the PCI
     * function {@code 0000:03:00.0}.
     */
    public List<NetInterface> ofDevice(String device) throws IOException {
        return requests.all().stream()
                .filter(netif -> deviceOf(netif).filter(device::equals).isPresent()).toList();
    }

    private static Optional<String> deviceOf(NetInterface netif) {
        try {
            Path device = SYSFS.resolve(netif.name()).resolve("device").toRealPath();
            return Optional.of(device.getFileName().toString());
        } catch (IOException e) {
            // It is virtual, or on its way out.
            return Optional.empty();
        }
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
        LinkMessages.put(change, LinkMessages.IFLA_ADDRESS, LinkMessages.bytes(mac));
        requests.apply("address " + mac + " of " + netif.name(), change);
    }

    /** Sets the interface up or down. Needs CAP_NET_ADMIN. */
    public void setUp(NetInterface netif, boolean up) throws IOException {
        final ByteBuffer change = requests.change(netif.index());
        LinkMessages.putFlags(change, up ? IFF_UP : 0, IFF_UP);
        requests.apply((up ? "up of " : "down of ") + netif.name(), change);
    }

    /** The virtual functions of the interface, by number; empty if it has none. */
    public List<VirtualFunction> virtualFunctions(NetInterface netif) throws IOException {
        return requests.virtualFunctions(netif);
    }

    /**
     * Gives a virtual function of the interface another setting. Needs CAP_NET_ADMIN.
     *
     * @param number of the virtual function, from 0
     * @throws IOException there is no such function, or its driver refuses the setting
     */
    public void setVirtualFunction(NetInterface netif, int number, VfSetting setting)
            throws IOException {
        final ByteBuffer change = requests.change(netif.index());
        LinkMessages.put(change, VfMessages.IFLA_VFINFO_LIST, VfMessages.change(number, setting));
        requests.apply("%s of virtual function %s of %s".formatted(setting, number, netif.name()),
                change);
    }

    /**
     * Tells {@code listener} of the changes of the interface until the lease is closed, and
     * {@linkplain InterfaceListener#gone of its end} if it went before this call.
     *
     * @throws IOException the kernel does not answer; the listener is not told of anything
     */
    public Lease watch(NetInterface netif, InterfaceListener listener) throws IOException {
        return watch.watch(netif.index(), listener);
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
