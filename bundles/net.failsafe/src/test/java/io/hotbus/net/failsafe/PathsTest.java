// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.net.failsafe.StubPorts.Stub;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.Gate;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class PathsTest {
    private final StubPorts ports = new StubPorts();
    private final TestPools pools = TestPools.real();
    private final QueueCounters replayed = new QueueCounters();
    private Mempool pool;
    private MempoolCaches caches;
    private Paths paths;
    private FailsafeTxQueue queue;
    private Stub first;
    private Stub second;
    private Stub third;

    @BeforeEach
    void setUp() throws Exception {
        pool = pools.pool(1024);
        caches = pool.mempools().uncached();
        Barrier barrier = new Barrier(TestOs.linux());
        paths = new Paths("net_failsafe0", barrier, caches);
        queue = new FailsafeTxQueue(
                0, 256, barrier.gate(), true, paths::senders, replayed);
        paths.setQueues(List.of(), List.of(queue));
        first = ports.start(pool);
        second = ports.start(pool);
        third = ports.start(pool);
        use(first, second, third);
    }

    @AfterEach
    void tearDown() throws Exception {
        for (Stub stub : List.of(first, second, third)) {
            stub.ring.forEach(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
        }
        paths.discard();
        assertThat(pool.available()).isEqualTo(pool.capacity());
        ports.close();
        pools.close();
    }

    private void use(Stub... stubs) {
        paths.use(Arrays.stream(stubs).map(stub -> stub.port).toList());
    }

    private long[] packets(int count) {
        long[] mbufs = new long[count];
        assertThat(pool.get(mbufs, 0, count)).isEqualTo(count);
        return mbufs;
    }

    private int send(long... mbufs) {
        return queue.burst(caches, mbufs.clone(), mbufs.length);
    }

    private static long[] inRing(Stub stub) {
        return stub.ring.stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] joined(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(LongStream::of).toArray();
    }

    @Test
    void shouldSendThroughThePreferredOne() {
        long[] sent = packets(10);
        assertThat(send(sent)).isEqualTo(10);
        assertThat(inRing(first)).isEqualTo(sent);
        assertThat(second.ring).isEmpty();
    }

    @Test
    void shouldSendAgainInOrderAndBeforeNewPacketsWhenABurstFindsTheDeviceGone() {
        long[] before = packets(20);
        send(before);
        first.gone = true;
        long[] after = packets(5);

        assertThat(send(after)).isEqualTo(5);
        assertThat(inRing(second)).isEqualTo(joined(before, after));
        assertThat(first.ring).isEmpty();
        assertThat(replayed.packets()).isEqualTo(20);
    }

    @Test
    void shouldSendAgainWhenNoBurstFollows() {
        long[] before = packets(20);
        send(before);

        paths.leave(first.port);

        assertThat(inRing(second)).isEqualTo(before);
        assertThat(paths.sender()).isSameAs(second.port);
    }

    @Test
    void shouldTakeNothingNewBeforeWhatWaitsHasGone() {
        second.room = 8;
        long[] before = packets(20);
        send(before);
        first.gone = true;

        long[] refused = packets(3);
        assertThat(send(refused)).isZero();
        assertThat(inRing(second)).isEqualTo(Arrays.copyOf(before, 8));
        second.room = 64;
        assertThat(send(refused)).isEqualTo(3);
        assertThat(inRing(second)).isEqualTo(joined(before, refused));
    }

    @Test
    void shouldKeepTheOrderWhenTheNextOneGoesAsWell() {
        second.room = 8;
        long[] before = packets(20);
        send(before);
        first.gone = true;
        long[] after = packets(1);
        assertThat(send(after)).isZero();
        assertThat(second.ring).hasSize(8);
        second.gone = true;

        assertThat(send(after)).isEqualTo(1);
        assertThat(inRing(third)).isEqualTo(joined(before, after));
    }

    @Test
    @Timeout(10)
    void shouldNotGoInCirclesWhenAllAreGoneAndNoneIsReported() {
        long[] before = packets(4);
        send(before);
        first.gone = true;
        second.gone = true;
        third.gone = true;
        long[] refused = packets(1);
        assertThat(send(refused)).isZero();
        assertThat(paths.discard()).isEqualTo(4);
        caches.free(refused, 0, 1);
    }

    @Test
    void shouldKeepPacketsUntilThereIsADeviceAgain() throws DeviceException {
        long[] before = packets(20);
        send(before);
        paths.leave(second.port);
        paths.leave(third.port);
        first.gone = true;
        long[] refused = packets(1);
        assertThat(send(refused)).isZero();
        assertThat(send(refused)).isZero();
        paths.leave(first.port);

        Stub returned = ports.start(pool);
        use(returned);

        assertThat(inRing(returned)).isEqualTo(before);
        assertThat(send(refused)).isEqualTo(1);
        returned.ring.forEach(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
    }

    @Test
    void shouldNeverUseAPortAgainThatIsClosed() {
        paths.leave(first.port);
        use(first, second);
        assertThat(paths.sender()).isSameAs(second.port);
    }

    @Test
    void shouldDiscardWhatWaits() {
        send(packets(7));
        for (Port port : List.of(first.port, second.port, third.port)) {
            paths.leave(port);
        }
        assertThat(paths.discard()).isEqualTo(7);
        assertThat(paths.discard()).isZero();
    }

    @Test
    void shouldSendNothingAgainIfThatIsOff() {
        queue = new FailsafeTxQueue(0, 256, new Gate(true), false, paths::senders,
                replayed);
        paths.setQueues(List.of(), List.of(queue));
        use(first, second);
        send(packets(7));
        paths.leave(first.port);
        assertThat(second.ring).isEmpty();
        assertThat(first.ring).hasSize(7);
    }
}
