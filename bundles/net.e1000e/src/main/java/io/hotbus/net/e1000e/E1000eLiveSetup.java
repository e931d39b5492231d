// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.Optional;
import java.util.function.Function;

/**
 * The setup of a chip while it is started. A started chip is checked under the lock of this object,
 * so that its registers are not written, and its rings not freed, during the check.
 */
final class E1000eLiveSetup {
    /** Null while the chip is not started. */
    private E1000eSetup current;

    /** Notes that the chip is started with this setup. */
    synchronized void begin(E1000eSetup setup) {
        current = setup;
    }

    /**
     * Notes that the registers are about to change. Returns whether the chip was started.
     * Idempotent.
     */
    synchronized boolean end() {
        boolean was = current != null;
        current = null;
        return was;
    }

    /** The setup; empty while the chip is not started. Any thread. */
    synchronized Optional<E1000eSetup> current() {
        return Optional.ofNullable(current);
    }

    /**
     * The result of {@code look}; empty while the chip is not started. {@code look} must not wait.
     */
    synchronized Optional<String> look(Function<E1000eSetup, Optional<String>> look) {
        return current == null ? Optional.empty() : look.apply(current);
    }
}
