// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestSettings;
import io.hotbus.core.testing.Waiting;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class ControlTest {
    private final Control control = new Control(
            TestSettings.listener(Duration.ofMillis(1000), 100));
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void shouldLeaveNoThreadBehind() {
        release.countDown();
        control.close();
        control.close();
        for (String name : List.of("control", "control-watchdog", "control-stuck-1")) {
            Waiting.until(name + " ends", () -> !Waiting.isAlive(name));
        }
    }

    /** Returns once all that was handed in for others than a hanging owner has run. */
    private void flush() {
        CountDownLatch done = new CountDownLatch(1);
        control.execute("flush", done::countDown);
        Waiting.await(done);
    }

    private void hang(String owner) {
        control.execute(owner, () -> {
            hanging.countDown();
            Waiting.await(release);
            ran.add(owner + " returns");
        });
    }

    @Test
    void shouldRunTasksInOrderOnControl() {
        IntStream.range(0, 1000).forEach(i -> control.execute("owner" + i % 3,
                () -> ran.add(Thread.currentThread().getName() + i)));
        flush();
        assertThat(ran).containsExactlyElementsOf(
                IntStream.range(0, 1000).mapToObj(i -> "control" + i).toList());
    }

    @Test
    void shouldGoOnAfterATaskThatThrowsAndNameItsOwner() {
        try (LogLines log = new LogLines()) {
            control.execute("listener 7", () -> {
                throw new StackOverflowError("broken");
            });
            control.execute("listener 7", () -> ran.add("next"));
            flush();
            assertThat(ran).containsExactly("next");
            assertThat(log.of(Level.ERROR))
                    .containsExactly("listener 7: failed on control, the others go on");
        }
    }

    @Test
    void shouldKeepNothingOfTheTaskThatWasTheLast() {
        WeakReference<Object> owner = runForAnOwner();

        Waiting.until("its owner can be collected", () -> {
            System.gc();
            return owner.get() == null;
        });
    }

    private WeakReference<Object> runForAnOwner() {
        Object owner = new Object();
        CountDownLatch done = new CountDownLatch(1);
        control.execute(owner, done::countDown);
        Waiting.await(done);
        return new WeakReference<>(owner);
    }

    @Test
    void shouldNotHandAnInterruptOnToTheNextTask() {
        control.execute("a", () -> Thread.currentThread().interrupt());
        control.execute("b", () -> ran.add("interrupted: " + Thread.interrupted()));
        flush();
        assertThat(ran).containsExactly("interrupted: false");
    }

    @Test
    void shouldGoOnWithoutAHangingOwner() {
        try (LogLines log = new LogLines()) {
            hang("hanging");
            control.execute("hanging", () -> ran.add("waits"));
            control.execute("other", () -> ran.add("runs on " + Thread.currentThread().getName()));
            flush();

            assertThat(ran).containsExactly("runs on control");
            assertThat(Waiting.isAlive("control-stuck-1")).isTrue();
            assertThat(log.of(Level.ERROR)).containsExactly(
                    "hanging: has not returned within 1000 ms; left to the thread control-stuck-1, "
                            + "the others go on");
        }
    }

    @Test
    void shouldGiveAnOwnerItsTasksInOrderWhenItHasReturned() {
        hang("hanging");
        control.execute("hanging", () -> ran.add("before"));
        flush(); // only a new control thread gets this far
        IntStream.range(0, 50).forEach(
                i -> control.execute("hanging", () -> ran.add("meanwhile " + i)));
        control.execute("other", () -> ran.add("other"));
        flush();
        assertThat(ran).containsExactly("other");

        CountDownLatch last = new CountDownLatch(1);
        control.execute("hanging", last::countDown);
        release.countDown();
        Waiting.await(last);

        assertThat(ran.subList(0, 3)).containsExactly("other", "hanging returns", "before");
        assertThat(ran.subList(3, 53)).containsExactlyElementsOf(
                IntStream.range(0, 50).mapToObj(i -> "meanwhile " + i).toList());
        Waiting.until("the thread ends", () -> !Waiting.isAlive("control-stuck-1"));
    }

    @Test
    void shouldSetAsideSeveralHangingOwners() {
        hang("first");
        hang("second");
        control.execute("first", () -> ran.add("first again"));
        control.execute("second", () -> ran.add("second again"));
        flush();
        assertThat(ran).isEmpty();
        assertThat(Waiting.isAlive("control-stuck-2")).isTrue();

        release.countDown();

        Waiting.until("all have run", () -> ran.size() == 4);
        assertThat(ran).contains(
                "first returns", "second returns", "first again", "second again");
    }

    @Test
    void shouldTellOwnersApartByIdentity() {
        String one = new String("same");
        String other = new String("same");
        hang(one);
        control.execute(other, () -> ran.add("runs"));
        flush();
        assertThat(ran).containsExactly("runs");
    }

    @Test
    void shouldBoundWhatWaitsForAHangingOwner() {
        try (LogLines log = new LogLines()) {
            hang("hanging");
            flush();
            IntStream.range(0, 130).forEach(i -> control.execute("hanging", () -> ran.add("" + i)));
            assertThat(log.of(Level.ERROR)).hasSize(2);

            release.countDown();
            Waiting.until("all have run", () -> ran.size() == 101);

            flush();
            assertThat(ran).hasSize(101).endsWith("99");
            assertThat(log.of(Level.ERROR)).contains(
                    "hanging: 100 tasks wait for it to return, further ones are dropped",
                    "hanging: 30 tasks were dropped while it did not return");
        }
    }

    @Test
    void shouldWaitOnCloseForWhatRunsAndDropWhatWaits() {
        Control patient = new Control(TestSettings.listener(Duration.ofSeconds(20), 100));
        try (LogLines log = new LogLines()) {
            patient.execute("slow", () -> {
                hanging.countDown();
                Waiting.await(release);
                ran.add("done");
            });
            Waiting.await(hanging);
            patient.execute("late", () -> ran.add("late"));
            Thread closer = new Thread(patient::close);
            closer.start();
            Waiting.untilBlocked(closer);

            release.countDown();
            Waiting.join(closer);

            assertThat(ran).containsExactly("done");
            assertThat(log.of(Level.WARN)).containsExactly("control ends, 1 tasks dropped");
            patient.execute("too late", () -> ran.add("too late"));
            assertThat(ran).containsExactly("done");
        }
    }

    @Test
    void shouldInterruptOnCloseWhoStillHangs() {
        CountDownLatch interrupted = new CountDownLatch(1);
        control.execute("hanging", () -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        flush();

        control.close();

        Waiting.await(interrupted);
    }

    @Test
    void shouldBeClosedByItsOwnThread() {
        control.execute("owner", control::close);
        Waiting.until("the thread ends", () -> !Waiting.isAlive("control"));
    }
}
