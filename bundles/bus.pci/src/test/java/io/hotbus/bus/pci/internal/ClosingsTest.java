// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class ClosingsTest {
    private static final PciAddress NIC = new PciAddress(0, 3, 0, 0);
    private static final PciAddress OTHER = new PciAddress(0, 4, 0, 0);

    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private Closings closings(Duration limit) {
        Closings closings = new Closings(() -> limit);
        closings.add(NIC, closed);
        return closings;
    }

    @Test
    void shouldGiveUpWithASentence() {
        Closings closings = closings(Duration.ofMillis(20));

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> closings.await(NIC))
                .withMessageStartingWith(NIC + ": the kernel has not closed it within 20 ms");
        assertThatNoException().isThrownBy(() -> closings.await(OTHER));
        closings.awaitAll();
        closed.complete(null);
        assertThatNoException().isThrownBy(() -> closings.await(NIC));
    }

    @Test
    void shouldNotWaitForAFunctionThatCouldNotBeClosed() {
        Closings closings = closings(Duration.ofMinutes(5));

        closed.completeExceptionally(new IllegalStateException("EIO"));

        assertThatNoException().isThrownBy(() -> closings.await(NIC));
        closings.awaitAll();
    }
}
