// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * Makes an interface receive the frames of an {@link RxFilter}: promiscuous and allmulticast mode,
 * groups, and further addresses. The kernel counts who wants what, and forgets what this object
 * wanted when it is closed or the process ends. Control threads, one at a time. Source: packet(7),
 * {@code PACKET_ADD_MEMBERSHIP}.
 */
public final class Memberships implements AutoCloseable {
    /** The filters that an interface can be given, with an address of its own. */
    public static final RxFilterLimits LIMITS =
            new RxFilterLimits(64, true, 64, true, true, false);
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_DROP_MEMBERSHIP = 2;
    private static final int MAC_BYTES = 6;
    private static final int REQUEST = 16;

    /** The kinds of memberships, in the order of the kernel's numbers. */
    private enum Kind { GROUP, PROMISCUOUS, ALL_GROUPS, ADDRESS }

    private record Membership(Kind kind, MacAddress address) {
        private static final MacAddress NONE = new MacAddress(0);
    }

    private final Linux linux;
    private final Sockets sockets;
    private final NetInterface netif;
    private final int fd;
    private final Set<Membership> present = new HashSet<>();

    /**
     * Creates an object without memberships. Needs CAP_NET_RAW.
     *
     * @throws LinuxException the right is missing
     */
    public Memberships(Linux linux, Sockets sockets, NetInterface netif) throws LinuxException {
        this.linux = linux;
        this.sockets = sockets;
        this.netif = netif;
        // Protocol 0: the socket receives nothing.
        this.fd = sockets.open("memberships of " + netif.name(), AF_PACKET, SOCK_RAW, 0);
    }

    /**
     * Makes the interface receive the frames of {@code filter}, whatever else it receives. The
     * first address of the filter, which is the interface's own, and the VLANs are not looked at.
     *
     * @throws LinuxException the interface does not do it; the memberships are as they were
     */
    public void apply(RxFilter filter) throws LinuxException {
        final Set<Membership> wanted = wanted(filter);
        final Set<Membership> added = new HashSet<>(wanted);
        added.removeAll(present);
        final Set<Membership> before = new HashSet<>(present);
        try {
            for (Membership membership : added) {
                change(PACKET_ADD_MEMBERSHIP, membership);
                present.add(membership);
            }
        } catch (LinuxException e) {
            dropAllBut(before);
            throw e;
        }
        dropAllBut(wanted);
    }

    private static Set<Membership> wanted(RxFilter filter) {
        final Set<Membership> wanted = new HashSet<>();
        if (filter.promiscuous()) {
            wanted.add(new Membership(Kind.PROMISCUOUS, Membership.NONE));
        }
        if (filter.allMulticast()) {
            wanted.add(new Membership(Kind.ALL_GROUPS, Membership.NONE));
        }
        filter.groups().forEach(group -> wanted.add(new Membership(Kind.GROUP, group)));
        filter.addresses().stream().skip(1)
                .forEach(address -> wanted.add(new Membership(Kind.ADDRESS, address)));
        return wanted;
    }

    private void dropAllBut(Set<Membership> kept) throws LinuxException {
        for (Membership membership : Set.copyOf(present)) {
            if (!kept.contains(membership)) {
                change(PACKET_DROP_MEMBERSHIP, membership);
                present.remove(membership);
            }
        }
    }

    private void change(int option, Membership membership) throws LinuxException {
        final long mac = membership.address().value();
        final ByteBuffer request = ByteBuffer.allocate(REQUEST).order(ByteOrder.nativeOrder())
                .putInt(netif.index()).putShort((short) membership.kind().ordinal())
                .putShort((short) MAC_BYTES);
        for (int i = MAC_BYTES - 1; i >= 0; i--) {
            request.put((byte) (mac >>> i * Byte.SIZE));
        }
        sockets.setOption(membership.kind() + " " + membership.address() + " of "
                + netif.name(), fd, SOL_PACKET, option, request.clear());
    }

    @Override
    public void close() {
        linux.close(fd);
    }
}
