// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes the device receive the frames of a filter. Control threads. Source: 5.1.6.5.1 to 3. */
final class VirtioFilter {
    private static final int MOST_ADDRESSES = 64;
    private static final int MOST_GROUPS = 512;
    private static final int MAC_BYTES = 6;

    private final VirtioControl control;
    private final long features;
    /** The VLANs that the device lets through, if it filters them. */
    private SortedSet<Integer> vlans = new TreeSet<>();

    /** {@code features}: those that the device was started with. */
    VirtioFilter(VirtioControl control, long features) {
        this.control = control;
        this.features = features;
    }

    /** What a device with these features can filter. */
    static RxFilterLimits limits(long features) {
        return VirtioFeature.has(features, VirtioFeature.CTRL_RX)
                ? new RxFilterLimits(MOST_ADDRESSES,
                        VirtioFeature.has(features, VirtioFeature.CTRL_MAC_ADDR), MOST_GROUPS,
                        true, true, VirtioFeature.has(features, VirtioFeature.CTRL_VLAN))
                : RxFilterLimits.NO_FILTER;
    }

    /**
     * Applies a filter to a started device.
     *
     * @throws DeviceException the device is gone, refuses a command, or was started with all VLANs
     *     and shall filter them, or the other way round
     */
    void apply(RxFilter filter) throws DeviceException {
        boolean filters = VirtioFeature.has(features, VirtioFeature.CTRL_VLAN);
        if (filters != filter.vlans().isPresent()) {
            throw new DeviceException("a virtio device begins, or ends, to filter VLANs when its "
                    + "port is started: stop the port, change the filter, start it");
        }
        if (VirtioFeature.has(features, VirtioFeature.CTRL_MAC_ADDR)) {
            control.execute("its address " + filter.address(), VirtioRegs.CTRL_MAC,
                    VirtioRegs.MAC_ADDR_SET,
                    Arrays.copyOf(bytes(filter.address()), MAC_BYTES));
        }
        control.execute("the table of addresses", VirtioRegs.CTRL_MAC,
                VirtioRegs.MAC_TABLE_SET, table(filter));
        applyVlans(filter.vlans().orElseGet(TreeSet::new));
        set("allmulticast mode", VirtioRegs.RX_ALLMULTI, filter.allMulticast());
        set("promiscuous mode", VirtioRegs.RX_PROMISC, filter.promiscuous());
    }

    private void set(String what, int command, boolean on) throws DeviceException {
        control.execute(what, VirtioRegs.CTRL_RX, command, (byte) (on ? 1 : 0));
    }

    private void applyVlans(Set<Integer> next) throws DeviceException {
        for (int id : next) {
            if (vlans.add(id)) {
                vlan(VirtioRegs.VLAN_ADD, id);
            }
        }
        for (int id : Set.copyOf(vlans)) {
            if (!next.contains(id)) {
                vlan(VirtioRegs.VLAN_DEL, id);
                vlans.remove(id);
            }
        }
    }

    private void vlan(int command, int id) throws DeviceException {
        control.execute("VLAN " + id, VirtioRegs.CTRL_VLAN, command, (byte) id,
                (byte) (id >> Byte.SIZE));
    }

    private static byte[] bytes(MacAddress address) {
        return ByteBuffer.allocate(Long.BYTES).putLong(address.value() << Short.SIZE).array();
    }

    /** The unicast addresses, then the groups, each with their number before them. */
    private static byte[] table(RxFilter filter) {
        ByteBuffer table = ByteBuffer.allocate(2 * Integer.BYTES
                + MAC_BYTES * (filter.addresses().size() + filter.groups().size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        put(table, filter.addresses());
        put(table, filter.groups());
        return table.array();
    }

    private static void put(ByteBuffer table, Collection<MacAddress> addresses) {
        table.putInt(addresses.size());
        addresses.forEach(address -> table.put(bytes(address), 0, MAC_BYTES));
    }
}
