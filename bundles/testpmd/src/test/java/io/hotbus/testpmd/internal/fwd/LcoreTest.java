// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.TestDma;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.rig.Rig;
import io.hotbus.testpmd.rig.RigCpus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LcoreTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final BlockingQueue<FwdStream> failed = new LinkedBlockingQueue<>();
    private final Mempools mempools = new Mempools(new TestDma());
    private final Lcore lcore = new Lcore(1, new RigCpus(2), mempools.caches("lcore-1"),
            (stream, failure) -> failed.add(stream));
    private final Map<FwdStream, AtomicLong> served = new ConcurrentHashMap<>();
    private Mempool pool;
    private Port port;

    @BeforeEach
    void start() throws Exception {
        pool = mempools.create("test", 1024, 256);
        lcore.start();
        try (Rig rig = new Rig()) {
            port = rig.attach("wire0");
        }
    }

    @AfterEach
    void end() {
        lcore.end(SOON);
        pool.close();
    }

    /** A stream that is only counted, never moved. */
    private FwdStream stream() {
        FwdStream stream = new FwdStream(port, port, 0, pool, lcore.caches(), 32);
        served.put(stream, new AtomicLong());
        return stream;
    }

    private ForwardEngine counting(Consumer<FwdStream> also) {
        return new ForwardEngine() {
            @Override
            public String name() {
                return "counting";
            }

            @Override
            public void forward(FwdStream stream) {
                served.get(stream).incrementAndGet();
                also.accept(stream);
            }
        };
    }

    private void awaitServed(FwdStream stream) throws InterruptedException {
        long before = served.get(stream).get();
        Rig.await(() -> served.get(stream).get() > before + 10);
    }

    @Test
    void shouldServeAllItsStreams() throws Exception {
        FwdStream one = stream();
        FwdStream two = stream();

        lcore.assign(counting(s -> { }), List.of(one, two));

        awaitServed(one);
        awaitServed(two);
    }

    @Test
    void shouldNeverTouchAStreamAgainOnceTheBoundaryIsPassed() throws Exception {
        FwdStream stays = stream();
        ForwardEngine engine = counting(s -> { });
        for (int i = 0; i < 200; i++) {
            FwdStream goes = stream();
            lcore.assign(engine, List.of(goes, stays));
            awaitServed(goes);

            lcore.assign(engine, List.of(stays));
            lcore.awaitBoundary(SOON);

            long atBoundary = served.get(goes).get();
            awaitServed(stays);
            assertThat(served.get(goes)).hasValue(atBoundary);
        }
    }

    @Test
    void shouldSayThatABurstHangsAndRecoverWhenItReturns() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        lcore.assign(counting(s -> {
            inside.countDown();
            awaitQuietly(release);
        }), List.of(stream()));
        inside.await();
        lcore.assign(null, List.of());

        assertThatThrownBy(() -> lcore.awaitBoundary(Duration.ofMillis(20)))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("lcore-1", "20 ms", "wire0/0 -> wire0/0");

        release.countDown();
        assertThatCode(() -> lcore.awaitBoundary(SOON)).doesNotThrowAnyException();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldGoOnWithTheOtherStreamsWhenOneFails() throws Exception {
        FwdStream fails = stream();
        FwdStream stays = stream();

        lcore.assign(counting(s -> {
            if (s == fails) {
                throw new StackOverflowError("an engine may throw anything");
            }
        }), List.of(fails, stays));

        assertThat(failed.poll(20, TimeUnit.SECONDS)).isSameAs(fails);
        awaitServed(stays);
        assertThat(served.get(fails)).hasValue(1);
        assertThat(lcore.streams()).containsExactly(stays);
        assertThat(failed).isEmpty();
    }

    @Test
    void shouldParkWithoutStreams() throws Exception {
        FwdStream stream = stream();
        lcore.assign(counting(s -> { }), List.of(stream));
        awaitServed(stream);

        lcore.assign(null, List.of());

        Rig.await(() -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lcore-1"))
                .allMatch(thread -> thread.getState() == Thread.State.WAITING));
    }

    @Test
    void shouldKeepTheIterationThatTookLong() throws Exception {
        BlockingQueue<long[]> slow = new LinkedBlockingQueue<>();
        FwdStream stream = stream();
        lcore.setRecordStalls(true);
        lcore.assign(counting(s -> {
            if (served.get(s).get() == 1000) {
                long start = System.nanoTime();
                long now = start;
                while (now - start < 200_000) {
                    now = System.nanoTime();
                }
                slow.add(new long[] {Thread.currentThread().getId(), start, now});
            }
        }), List.of(stream));

        long[] stall = slow.poll(20, TimeUnit.SECONDS);
        awaitServed(stream);

        long middle = (stall[1] + stall[2]) / 2;
        assertThat(lcore.stallAt((int) stall[0], middle)).hasValueSatisfying(found -> {
            assertThat(found.lcore()).isEqualTo("lcore-1");
            assertThat(found.startNanos()).isLessThanOrEqualTo(stall[1]);
            assertThat(found.endNanos()).isGreaterThanOrEqualTo(stall[2]);
        });
        assertThat(lcore.stallAt((int) stall[0] + 1, middle)).isEmpty();
    }
}
