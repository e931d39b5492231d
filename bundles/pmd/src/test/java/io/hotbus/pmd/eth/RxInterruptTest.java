// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testkit.Await;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.TestOs;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An eventfd in place of a queue's descriptor. */
final class RxInterruptTest {
    private static final int ROUNDS = 20_000;

    private RealInterrupts thread;
    private RxInterrupt interrupt;
    private int fd;

    @BeforeEach
    void open() throws Exception {
        thread = new RealInterrupts();
        interrupt = new RxInterrupt(thread);
        fd = TestOs.linux().eventfd();
        interrupt.open(fd);
    }

    @AfterEach
    void close() {
        interrupt.close();
        assertThat(thread.open()).as("leases").isZero();
        TestOs.linux().close(fd);
        thread.close();
    }

    private static boolean isWoken(Semaphore woken) throws InterruptedException {
        return woken.tryAcquire(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void shouldWakeOnceForEachCall() throws Exception {
        final Semaphore woken = new Semaphore(0);
        interrupt.arm(woken::release);
        assertThat(thread.open()).as("watched while a thread waits").isOne();
        TestOs.linux().signal(fd);
        assertThat(isWoken(woken)).isTrue();
        // The lease is closed before the wake, and the descriptor is still readable.
        assertThat(thread.open()).isZero();
        assertThat(woken.tryAcquire()).isFalse();
        interrupt.arm(woken::release);
        assertThat(isWoken(woken)).as("what is there already wakes").isTrue();
    }

    @Test
    void shouldReplaceTheCallBefore() throws Exception {
        final Semaphore first = new Semaphore(0);
        final Semaphore second = new Semaphore(0);
        interrupt.arm(first::release);
        interrupt.arm(second::release);
        assertThat(thread.open()).isOne();
        TestOs.linux().signal(fd);
        assertThat(isWoken(second)).isTrue();
        assertThat(first.tryAcquire()).isFalse();
    }

    /** Each signal comes at another moment of the sleeper's way from one sleep to the next. */
    @Test
    void shouldMissNoSignal() throws Exception {
        final Semaphore woken = new Semaphore(0);
        final AtomicInteger seen = new AtomicInteger();
        final Thread sleeper = new Thread(() -> {
            try {
                while (seen.get() < ROUNDS) {
                    if (TestOs.linux().drain(fd)) {
                        seen.incrementAndGet();
                    } else {
                        interrupt.arm(woken::release);
                        if (!isWoken(woken)) {
                            return;
                        }
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sleeper.start();
        for (int i = 0; i < ROUNDS; i++) {
            final int signals = i;
            Await.until("signal " + i + " is seen", () -> {
                Thread.onSpinWait();
                return seen.get() == signals;
            });
            TestOs.linux().signal(fd);
        }
        sleeper.join(Await.LIMIT.toMillis());
        assertThat(seen).hasValue(ROUNDS);
    }

    @Test
    void shouldWakeNobodyAfterAClose() throws Exception {
        final Semaphore woken = new Semaphore(0);
        interrupt.arm(woken::release);
        interrupt.close();
        assertThat(thread.open()).isZero();
        TestOs.linux().signal(fd);
        interrupt.arm(woken::release);
        assertThat(thread.open()).as("without a descriptor").isZero();
        interrupt.open(fd);
        interrupt.arm(woken::release);
        assertThat(isWoken(woken)).isTrue();
        assertThat(woken.tryAcquire()).isFalse();
    }
}
