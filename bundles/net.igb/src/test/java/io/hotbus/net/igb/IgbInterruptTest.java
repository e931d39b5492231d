// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.pci.GigabitInterruptTests;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class IgbInterruptTest extends GigabitInterruptTests<Rig> {
    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected long rdh() {
        return QueueLayout.HIGH.rx() + QueueLayout.HEAD;
    }

    @Test
    void shouldWakeTheThreadOfEachQueue() throws Exception {
        Port port = rig.start(new PortConfig(2, Rig.RING, Rig.RING, pool)
                .withRss(new RssConfig(Set.of(RssHash.IPV4), List.of(), List.of())));
        rig.chip.receiver = 1;
        Semaphore woken = new Semaphore(0);
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(port.wakeOnPacket(1, woken::release)).isTrue();
            Frames.send(port, pool, round, 1);
            assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
            Frames.receiveAll(port, 1, pool, round, round + 1);
        }
    }
}
