// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class RegistersTest {
    private static final long STATUS = 0x08;
    private static final long CTRL = 0x10;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final TestMemory memory = new TestMemory();
    private final Registers registers = Registers.withSign(memory.window, STATUS);

    @AfterEach
    void tearDown() {
        memory.close();
    }

    @Test
    @Timeout(300)
    void shouldAwaitTheBitsAskedFor() throws InterruptedException {
        registers.write32(CTRL, 0xf0);
        Thread device = new Thread(() -> registers.write32(CTRL, 0xf1));
        device.start();
        assertThat(registers.await(CTRL, 0x0f, 0x01, LONG)).isTrue();
        device.join();
    }

    @Test
    void shouldGiveUpAtTheDeadlineAfterALastLook() {
        assertThat(registers.await(CTRL, 1, 1, Duration.ZERO)).isFalse();
        assertThat(registers.await(CTRL, 1, 0, Duration.ZERO)).isTrue();
    }

    @Test
    @Timeout(300)
    void shouldNotWaitForADeviceThatIsGone() {
        memory.vanish();
        assertThat(registers.isAbsent()).isTrue();
        assertThat(registers.await(CTRL, 1, 0, LONG)).isFalse();
        assertThat(registers.await(CTRL, 1, 1, LONG)).isFalse();
    }

    @Test
    @Timeout(300)
    void shouldNotBelieveARegisterOfADeviceThatIsAbsent() {
        registers.write32(STATUS, Registers.GONE);
        assertThat(registers.await(CTRL, 1, 0, LONG)).isFalse();
    }
}
