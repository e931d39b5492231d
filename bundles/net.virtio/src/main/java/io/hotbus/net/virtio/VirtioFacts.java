// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.Standby;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioOffload;
import java.util.Optional;

/**
 * What a device is and what it can do.
 *
 * @param offered  the features that the device offers
 * @param features those that the driver accepts at each start; others are accepted for offloads
 * @param ring     the most descriptors of a queue of the device
 * @param pairs    the most pairs of queues; the control queue comes after so many
 * @param info     the limits of the port
 */
record VirtioFacts(long offered, long features, int ring, int pairs, EthDevInfo info) {
    /** Features that need nothing but this driver. */
    private static final long WANTED = VirtioFeature.VERSION_1 | VirtioFeature.ACCESS_PLATFORM
            | VirtioFeature.MAC | VirtioFeature.MTU | VirtioFeature.STATUS
            | VirtioFeature.SPEED_DUPLEX | VirtioFeature.MRG_RXBUF | VirtioFeature.EVENT_IDX
            | VirtioFeature.RING_PACKED | VirtioFeature.IN_ORDER | VirtioFeature.CTRL_VQ
            | VirtioFeature.OF_THE_CONTROL_QUEUE;
    /** The receive ring is refilled in batches of 32. */
    private static final int MIN_DESCRIPTORS = 64;
    /**
     * What applications ask for. A queue of the device may be shorter, as QEMU's are; a port may be
     * set up with so many descriptors all the same. As in DPDK.
     */
    private static final int USUAL_DESCRIPTORS = 512;
    /** The limit of the specification, 5.1.4.1. */
    private static final int MOST_PAIRS = 0x8000;
    /** So many packets share one look at whether the device wants the doorbell. */
    private static final int BURST = 32;
    /** The largest MTU of a device that does not say its own. As in DPDK. */
    private static final int MAX_MTU = 9728 - EthDevInfo.OVERHEAD;
    /** The speed of a device that does not know it. As in DPDK. */
    private static final int UNKNOWN_SPEED_MBPS = 10_000;
    private static final long LOCAL_MAC = 0x02_00_f1_00_00_00L;

    /**
     * Resets the device and reads the facts, 3.1.1. The device is reset afterwards.
     *
     * @throws DeviceException the device does not answer, or is not as the specification wants
     */
    static VirtioFacts read(VirtioTransport transport, StandbyArgs standby)
            throws DeviceException {
        long offered = transport.begin();
        if (!VirtioFeature.has(offered, VirtioFeature.VERSION_1)) {
            throw new DeviceException(("%s: does not offer VIRTIO_F_VERSION_1 but the features "
                    + "%#x (the device is faulty)").formatted(transport.device(), offered));
        }
        long features = offered & WANTED | standby.features(offered);
        int mtu = transport.net().read16(VirtioRegs.MTU);
        if (mtu < EthDevInfo.MIN_MTU) {
            features &= ~VirtioFeature.MTU;
        }
        features = dropDependent(features);
        int ring = ring(transport);
        int pairs = pairs(transport, features);
        EthDevInfo info = new EthDevInfo(VirtioDriver.NAME, address(transport, features),
                new QueueLimits(pairs, MIN_DESCRIPTORS, Math.max(ring, USUAL_DESCRIPTORS))
                        .withPreferredBurst(BURST))
                .withFilter(VirtioFilter.limits(features)).withOffloads(
                        VirtioOffload.receive(offered), VirtioOffload.transmit(offered))
                .withRss(VirtioRss.limits(transport.net(), offered));
        boolean given = VirtioFeature.has(features, VirtioFeature.MTU);
        if (VirtioFeature.has(features, VirtioFeature.MRG_RXBUF)) {
            info = info.withMaxMtu(given ? mtu : MAX_MTU);
        }
        if (given) {
            info = info.withMtu(Math.min(mtu, info.maxMtu()));
        }
        Optional<Standby> role = standby.role(features);
        if (role.isPresent()) {
            info = info.withStandby(role.get());
        }
        transport.requireAnswer();
        transport.reset();
        return new VirtioFacts(offered, features, ring, pairs, info);
    }

    /** Without a control queue its features are of no use, 5.1.3.1. */
    private static long dropDependent(long features) {
        return VirtioFeature.has(features, VirtioFeature.CTRL_VQ) ? features
                : features & ~VirtioFeature.OF_THE_CONTROL_QUEUE;
    }

    private static int pairs(VirtioTransport transport, long features) {
        if (!VirtioFeature.has(features, VirtioFeature.MQ)) {
            return 1;
        }
        // NUM_QUEUES does not count them all before MQ is accepted: seen with QEMU 7.2.
        int said = transport.net().read16(VirtioRegs.MAX_QUEUE_PAIRS);
        return Math.max(1, Math.min(said, MOST_PAIRS));
    }

    /** The number of the control queue, 5.1.2. */
    int controlQueue() {
        return 2 * pairs;
    }

    private static MacAddress address(VirtioTransport transport, long features)
            throws DeviceException {
        if (!VirtioFeature.has(features, VirtioFeature.MAC)) {
            // Of its place on the bus, so it has the same one at each attach.
            return new MacAddress(LOCAL_MAC
                    | transport.device().name().hashCode() & 0xff_ffff);
        }
        MacAddress address = new MacAddress(transport.net().macAddress());
        transport.requireAnswer();
        if (!address.isUnicast()) {
            throw new DeviceException("%s: its address is %s (give it another one)".formatted(
                    transport.device(), address));
        }
        return address;
    }

    /** All queues are as those of the first pair. */
    private static int ring(VirtioTransport transport) throws DeviceException {
        int most = Integer.highestOneBit(Math.min(transport.maxSize(0), transport.maxSize(1)));
        transport.requireAnswer();
        if (most < MIN_DESCRIPTORS) {
            throw new DeviceException("%s: its queues have %s descriptors, and %s are needed "
                    .formatted(transport.device(), most, MIN_DESCRIPTORS)
                    + "(QEMU: rx_queue_size, tx_queue_size)");
        }
        return most;
    }

    /** The longest frame, in bytes. */
    int maxFrame() {
        return info.maxMtu() + EthDevInfo.OVERHEAD;
    }

    /** Reads the link, 5.1.4. Any thread. */
    Link link(VirtioTransport transport) {
        if (transport.presence().isSilent()) {
            return Link.DOWN;
        }
        if (VirtioFeature.has(features, VirtioFeature.STATUS)
                && (transport.net().read16(VirtioRegs.STATUS) & VirtioRegs.STATUS_LINK_UP) == 0) {
            return Link.DOWN;
        }
        if (!VirtioFeature.has(features, VirtioFeature.SPEED_DUPLEX)) {
            return new Link(true, UNKNOWN_SPEED_MBPS, true);
        }
        int speed = transport.net().read32(VirtioRegs.SPEED);
        return new Link(true, speed > 0 ? speed : UNKNOWN_SPEED_MBPS,
                transport.net().read8(VirtioRegs.DUPLEX) != 0);
    }
}
