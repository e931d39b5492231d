// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.Gate;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testkit.StubDev;
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
    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private final TestPools pools = TestPools.real();
    private final QueueCounters replayed = new QueueCounters();
    private Mempool pool;
    private MempoolCaches caches;
    private Paths paths;
    private FailsafeTxQueue queue;
    private StubDev first;
    private StubDev second;
    private StubDev third;

    @BeforeEach
    void setUp() throws Exception {
        pool = pools.pool(1024);
        caches = pool.mempools().uncached();
        Barrier barrier = new Barrier(TestOs.linux());
        paths = new Paths("net_failsafe0", barrier, caches);
        queue = new FailsafeTxQueue(
                0, 256, barrier.gate(), true, paths::senders, paths::used, replayed);
        paths.setQueues(List.of(), List.of(queue));
        first = StubDev.start(ports, pool, "net_stub0");
        second = StubDev.start(ports, pool, "net_stub1");
        third = StubDev.start(ports, pool, "net_stub2");
        use(first, second, third);
    }

    @AfterEach
    void tearDown() throws Exception {
        for (StubDev stub : List.of(first, second, third)) {
            stub.ring().forEach(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
        }
        paths.discard();
        assertThat(pool.available()).isEqualTo(pool.capacity());
        ports.ports().forEach(ports::remove);
        control.close();
        pools.close();
    }

    private void use(StubDev... stubs) {
        paths.use(Arrays.stream(stubs).map(stub -> stub.port()).toList());
    }

    private void letGo(StubDev stub) {
        paths.leave(stub.port());
        stub.port().stop();
        paths.takeBack(stub.port());
    }

    private long[] packets(int count) {
        long[] mbufs = new long[count];
        assertThat(pool.get(mbufs, 0, count)).isEqualTo(count);
        return mbufs;
    }

    private int send(long... mbufs) {
        return queue.burst(caches, mbufs.clone(), mbufs.length);
    }

    private static long[] joined(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(LongStream::of).toArray();
    }

    @Test
    void shouldSendThroughThePreferredOne() {
        long[] sent = packets(10);
        assertThat(send(sent)).isEqualTo(10);
        assertThat(first.sent()).isEqualTo(sent);
        assertThat(second.ring()).isEmpty();
    }

    @Test
    void shouldSendAgainInOrderAndBeforeNewPacketsWhenABurstFindsTheDeviceGone() {
        long[] before = packets(20);
        send(before);
        first.pullOut();
        long[] after = packets(5);

        assertThat(send(after)).isEqualTo(5);
        assertThat(second.sent()).isEqualTo(joined(before, after));
        assertThat(first.ring()).isEmpty();
        assertThat(replayed.packets()).isEqualTo(20);
    }

    @Test
    void shouldGiveBackWhatIsNotSentToAPortThatLetsGoOfThisOne() throws DeviceException {
        long[] before = packets(20);
        send(before);
        long[] mbufs = new long[32];
        for (StubDev stub : List.of(first, second, third)) {
            stub.port().stop();
        }
        assertThat(queue.takeBack(caches, mbufs, 32)).isEqualTo(20);
        assertThat(mbufs).startsWith(before);
        assertThat(first.ring()).isEmpty();

        for (StubDev stub : List.of(first, second, third)) {
            stub.port().start();
        }
        use(second, first, third);
        use(first, second, third);
        send(before);
        letGo(third);
        letGo(second);
        letGo(first);
        assertThat(queue.takeBack(caches, mbufs, 15)).isEqualTo(15);
        assertThat(mbufs).startsWith(Arrays.copyOf(before, 15));
        assertThat(queue.takeBack(caches, mbufs, 15)).isEqualTo(5);
        assertThat(Arrays.copyOf(mbufs, 5)).isEqualTo(Arrays.copyOfRange(before, 15, 20));
        assertThat(queue.hasWaiting()).isFalse();
        caches.free(before, 0, 20);
    }

    @Test
    void shouldSendAgainWhenNoBurstFollows() {
        long[] before = packets(20);
        send(before);

        letGo(first);

        assertThat(second.sent()).isEqualTo(before);
        assertThat(paths.sender()).isSameAs(second.port());
    }

    @Test
    void shouldTakeNothingNewBeforeWhatWaitsHasGone() {
        second.setRoom(8);
        long[] before = packets(20);
        send(before);
        first.pullOut();

        long[] refused = packets(3);
        assertThat(send(refused)).isZero();
        assertThat(second.sent()).isEqualTo(Arrays.copyOf(before, 8));
        second.setRoom(64);
        assertThat(send(refused)).isEqualTo(3);
        assertThat(second.sent()).isEqualTo(joined(before, refused));
    }

    @Test
    void shouldKeepTheOrderWhenTheNextOneGoesAsWell() {
        second.setRoom(8);
        long[] before = packets(20);
        send(before);
        first.pullOut();
        long[] after = packets(1);
        assertThat(send(after)).isZero();
        assertThat(second.ring()).hasSize(8);
        second.pullOut();

        assertThat(send(after)).isEqualTo(1);
        assertThat(third.sent()).isEqualTo(joined(before, after));
    }

    @Test
    @Timeout(300)
    void shouldNotGoInCirclesWhenAllAreGoneAndNoneIsReported() {
        long[] before = packets(4);
        send(before);
        first.pullOut();
        second.pullOut();
        third.pullOut();
        long[] refused = packets(1);
        assertThat(send(refused)).isZero();
        assertThat(paths.discard()).isEqualTo(4);
        caches.free(refused, 0, 1);
    }

    @Test
    void shouldKeepPacketsUntilThereIsADeviceAgain() throws DeviceException {
        long[] before = packets(20);
        send(before);
        letGo(second);
        letGo(third);
        first.pullOut();
        long[] refused = packets(1);
        assertThat(send(refused)).isZero();
        assertThat(send(refused)).isZero();
        letGo(first);

        StubDev returned = StubDev.start(ports, pool, "net_stub3");
        use(returned);

        assertThat(returned.sent()).isEqualTo(before);
        assertThat(send(refused)).isEqualTo(1);
        returned.ring().forEach(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
    }

    @Test
    void shouldGiveAwayWhatItKeepsWhileItHasNoDevice() {
        long[] before = packets(20);
        send(before);
        long[] taken = new long[30];
        assertThat(queue.isKeeping()).isFalse();
        assertThat(queue.takeKept(caches, taken, 30)).isZero();
        for (StubDev stub : List.of(first, second, third)) {
            letGo(stub);
        }
        assertThat(queue.isKeeping()).isTrue();
        assertThat(queue.takeKept(caches, taken, 30)).isEqualTo(20);
        assertThat(Arrays.copyOf(taken, 20)).isEqualTo(before);
        assertThat(queue.isKeeping()).isFalse();
        caches.free(before, 0, 20);
    }

    @Test
    void shouldLeaveToAPresentDeviceWhatItMayStillReadUntilItIsStopped() {
        long[] before = packets(20);
        send(before);

        paths.leave(first.port());
        long[] after = packets(5);
        send(after);
        assertThat(first.sent()).isEqualTo(before);

        first.port().stop();
        paths.takeBack(first.port());
        assertThat(second.sent()).isEqualTo(joined(after, before));
        assertThat(first.ring()).isEmpty();
    }

    @Test
    void shouldNeverUseAPortAgainThatIsClosed() {
        letGo(first);
        use(first, second);
        assertThat(paths.sender()).isSameAs(second.port());
    }

    @Test
    void shouldDiscardWhatWaits() {
        send(packets(7));
        for (StubDev stub : List.of(first, second, third)) {
            letGo(stub);
        }
        assertThat(paths.discard()).isEqualTo(7);
        assertThat(paths.discard()).isZero();
    }

    @Test
    void shouldSendNothingAgainIfThatIsOff() {
        queue = new FailsafeTxQueue(0, 256, new Gate(true), false, paths::senders,
                paths::used, replayed);
        paths.setQueues(List.of(), List.of(queue));
        use(first, second);
        send(packets(7));
        letGo(first);
        assertThat(second.ring()).isEmpty();
        assertThat(first.ring()).hasSize(7);
    }
}
