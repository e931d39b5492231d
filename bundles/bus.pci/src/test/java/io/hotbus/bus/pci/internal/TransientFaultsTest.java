// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is decided; that memory really comes back is in {@link TransientMemoryTest}. */
final class TransientFaultsTest implements TransientFaults.Target, InterruptThread {
    private final TransientFaults faults = new TransientFaults(this, this, Duration.ofSeconds(2));
    private boolean gone;
    private boolean present = true;
    private boolean decodes;
    private boolean restoreFails;
    private int restores;
    private int givenUp;
    /** What runs every 10 ms; null: nothing. */
    private Runnable periodic;

    @Override
    public String name() {
        return "0000:03:00.0";
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public boolean isPresent() {
        return present;
    }

    @Override
    public boolean decodesMemory() throws LinuxException {
        if (!present) {
            throw new LinuxException("pread", Errno.ENODEV, "ENODEV");
        }
        return decodes;
    }

    @Override
    public void restoreWindows() throws IOException {
        if (restoreFails) {
            throw new IOException("mmap: ENOMEM");
        }
        restores++;
    }

    @Override
    public void giveUp() {
        givenUp++;
    }

    @Override
    public Lease watch(int fd, Runnable reader) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        assertThat(period).hasMillis(10);
        assertThat(periodic).isNull();
        periodic = task;
        return () -> periodic = null;
    }

    private void pass() {
        periodic.run();
    }

    @Test
    void shouldTakeADeviceThatDoesNotAnswerForRemoved() {
        present = false;

        assertThat(faults.isRemoval()).isTrue();
        assertThat(periodic).isNull();
    }

    @Test
    void shouldRestoreOnceMemoryIsDecodedAgain() {
        assertThat(faults.isRemoval()).isFalse();
        assertThat(faults.isRemoval()).as("of its other window").isFalse();
        pass();
        pass();
        assertThat(restores).isZero();
        decodes = true;
        pass();

        assertThat(restores).isOne();
        assertThat(periodic).isNull();
        assertThat(givenUp).isZero();
    }

    @Test
    void shouldGiveUpAtTheDeadline() {
        TransientFaults impatient = new TransientFaults(this, this, Duration.ofNanos(-1));
        assertThat(impatient.isRemoval()).isFalse();
        pass();

        assertThat(givenUp).isOne();
        assertThat(periodic).isNull();
    }

    @Test
    void shouldGiveUpWhenItVanishes() {
        faults.isRemoval();
        present = false;
        pass();

        assertThat(givenUp).isOne();
        assertThat(periodic).isNull();
    }

    @Test
    void shouldTryAgainWhereRestoringFails() {
        faults.isRemoval();
        decodes = true;
        restoreFails = true;
        pass();
        assertThat(periodic).isNotNull();
        restoreFails = false;
        pass();

        assertThat(restores).isOne();
        assertThat(givenUp).isZero();
    }

    @Test
    void shouldStopWhenTheRemovalIsNoticedOtherwise() {
        faults.isRemoval();
        gone = true;
        decodes = true;
        pass();

        assertThat(periodic).isNull();
        assertThat(restores).isZero();
        assertThat(givenUp).isZero();
        assertThat(faults.isRemoval()).isTrue();
    }

    @Test
    void shouldNotRestoreForEver() {
        decodes = true;
        for (int i = 0; i < 8; i++) {
            assertThat(faults.isRemoval()).isFalse();
            pass();
        }

        assertThat(faults.isRemoval()).isTrue();
        assertThat(restores).isEqualTo(8);
        assertThat(periodic).isNull();
    }

    @Test
    void shouldStopWhenItIsClosed() {
        faults.isRemoval();
        Runnable late = periodic;
        faults.close();
        faults.close();
        assertThat(periodic).isNull();
        decodes = true;
        late.run();

        assertThat(restores).isZero();
    }
}
