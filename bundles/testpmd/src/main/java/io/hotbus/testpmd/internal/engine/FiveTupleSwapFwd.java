// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import org.osgi.service.component.annotations.Component;

/**
 * {@code 5tswap}: source and destination are swapped in Ethernet, IPv4 or IPv6, and TCP or UDP,
 * layer by layer up to the first that is not known. All checksums stay right. Source: DPDK {@code
 * app/test-pmd/5tswap.c}.
 */
@Component
public final class FiveTupleSwapFwd implements ForwardEngine {
    @Override
    public String name() {
        return "5tswap";
    }

    @Override
    public void forward(FwdStream stream) {
        int count = stream.receive();
        if (count != 0) {
            long[] mbufs = stream.mbufs();
            for (int i = 0; i < count; i++) {
                swap(Mbuf.data(mbufs[i]), Mbuf.segmentLength(mbufs[i]));
            }
            VlanInsert.mark(stream, mbufs, count);
            stream.transmit(count);
        }
    }

    private static void swap(long frame, int room) {
        if (room < Bytes.ETHERNET) {
            return;
        }
        Bytes.swapMacs(frame);
        long headers = Headers.parse(frame, room);
        int l2 = Headers.l2(headers);
        if (Headers.version(headers) == 4) {
            Bytes.swapInts(frame + l2 + 12);
        } else if (Headers.version(headers) == 6) {
            swapIpv6(frame + l2 + 8);
        }
        int l4 = l2 + Headers.l3(headers);
        int protocol = Headers.protocol(headers);
        if ((protocol == Headers.TCP || protocol == Headers.UDP) && l4 + 4 <= room) {
            Bytes.swapShorts(frame + l4);
        }
    }

    private static void swapIpv6(long addresses) {
        for (int i = 0; i < 16; i += Long.BYTES) {
            long source = RawMemory.getLong(addresses + i);
            RawMemory.putLong(addresses + i, RawMemory.getLong(addresses + 16 + i));
            RawMemory.putLong(addresses + 16 + i, source);
        }
    }
}
