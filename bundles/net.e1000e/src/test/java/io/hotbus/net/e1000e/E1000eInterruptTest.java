// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.pmd.intel.RssTables;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.pci.GigabitInterruptTests;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class E1000eInterruptTest extends GigabitInterruptTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected long rdh() {
        return FakeRegs.RDH;
    }

    @Test
    void shouldWakeTheThreadOfEachQueue() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool).withRss(new RssConfig(
                Set.of(RssHash.IPV4), List.of(),
                Collections.nCopies(RssTables.RETA_ENTRIES, 1))));
        byte[] frame = TestPacket.of(true, TestPacket.UDP, 50);
        Semaphore woken = new Semaphore(0);
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(port.wakeOnPacket(1, woken::release)).isTrue();
            long[] one = new long[1];
            assertThat(pool.get(one, 0, 1)).isEqualTo(1);
            TestPacket.write(frame, one[0], 0);
            port.txQueue(0).burst(pool.mempools().uncached(), one, 1);
            assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
            one[0] = Rig.receiveOne(port, 1, pool);
            pool.mempools().uncached().free(one, 0, 1);
        }
    }
}
