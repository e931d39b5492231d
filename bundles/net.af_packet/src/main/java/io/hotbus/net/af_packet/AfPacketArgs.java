// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.netif.InterfaceName;
import io.hotbus.netif.packet.RingLayout;
import java.util.List;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK.
 *
 * @param iface       the name of the interface ({@code iface=eth0})
 * @param queuePairs  the most queues in each direction ({@code qpairs=1})
 * @param blockSize   bytes of a block of the receive ring; 0: as the MTU needs ({@code blocksz=})
 * @param frameSize   bytes of a frame of the transmit ring; 0: as the MTU needs ({@code framesz=})
 * @param frameCount  frames of a ring ({@code framecnt=512})
 * @param qdiscBypass whether frames bypass traffic control ({@code qdisc_bypass=1})
 * @param fanout      how frames are spread over the receive queues ({@code fanout_mode=hash}):
 *                    {@code PACKET_FANOUT_} of the kernel
 */
record AfPacketArgs(String iface, int queuePairs, int blockSize, int frameSize, int frameCount,
        boolean qdiscBypass, int fanout) {
    private static final int MAX_QUEUES = 64;
    private static final int MAX_FRAME = 1 << 20;
    private static final int MAX_FRAMES = 1 << 20;
    private static final int DEFAULT_FRAMES = 512;
    private static final int PAGE = 4096;
    private static final int TPACKET_ALIGNMENT = 16;
    /** By the kernel's number. */
    private static final List<String> FANOUT_MODES =
            List.of("hash", "lb", "cpu", "rollover", "rnd", "qm");

    static AfPacketArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of("iface", "qpairs", "blocksz", "framesz", "framecnt",
                "qdisc_bypass", "fanout_mode"));
        return new AfPacketArgs(InterfaceName.of(devargs, ""),
                devargs.getInt("qpairs", 1, 1, MAX_QUEUES),
                multiple(devargs, "blocksz", PAGE), multiple(devargs, "framesz", TPACKET_ALIGNMENT),
                devargs.getInt("framecnt", DEFAULT_FRAMES, 2, MAX_FRAMES),
                devargs.getInt("qdisc_bypass", 1, 0, 1) == 1,
                mode(devargs));
    }

    private static int multiple(Devargs devargs, String key, int unit) throws DeviceException {
        if (!devargs.args().containsKey(key)) {
            return 0;
        }
        final int value = devargs.getInt(key, 0, 128, MAX_FRAME);
        if (value % unit != 0) {
            throw new DeviceException("%s: %s=%s: a multiple of %s is needed"
                    .formatted(devargs.name(), key, value, unit));
        }
        return value;
    }

    /** The receive ring of a queue, if the interface has that MTU. */
    RingLayout receiving(int mtu) {
        return RingLayout.receiving(blockSize, frameSize, frameCount, mtu);
    }

    /** The transmit ring of a queue, if the interface has that MTU. */
    RingLayout sending(int mtu) {
        return RingLayout.sending(blockSize, frameSize, frameCount, mtu);
    }

    private static int mode(Devargs devargs) throws DeviceException {
        final String mode = devargs.get("fanout_mode", FANOUT_MODES.get(0));
        if (!FANOUT_MODES.contains(mode)) {
            throw new DeviceException("%s: fanout_mode=%s: one of %s is needed".formatted(
                    devargs.name(), mode, String.join(", ", FANOUT_MODES)));
        }
        return FANOUT_MODES.indexOf(mode);
    }
}
