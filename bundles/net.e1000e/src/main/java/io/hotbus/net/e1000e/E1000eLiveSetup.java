// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.Optional;
import java.util.function.Function;

/**
 * With what a chip is set up while it is started. A started chip is looked at under the lock of
 * this object, so that its registers are not written, and its rings not freed, in the middle.
 */
final class E1000eLiveSetup {
    /** Null while the chip is not started. */
    private E1000eSetup current;

    /** The chip is started, and holds what was written. */
    synchronized void begin(E1000eSetup setup) {
        current = setup;
    }

    /** What the chip holds is about to change. Whether it was started. Idempotent. */
    synchronized boolean end() {
        boolean was = current != null;
        current = null;
        return was;
    }

    /** Empty while the chip is not started. Any thread. */
    synchronized Optional<E1000eSetup> current() {
        return Optional.ofNullable(current);
    }

    /** What {@code look} finds; empty while the chip is not started. It does not wait. */
    synchronized Optional<String> look(Function<E1000eSetup, Optional<String>> look) {
        return current == null ? Optional.empty() : look.apply(current);
    }
}
