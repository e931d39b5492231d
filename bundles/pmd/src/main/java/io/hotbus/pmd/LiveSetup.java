// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import java.util.Optional;
import java.util.function.Function;

/**
 * The setup of a device while it is started. A started device is checked under the lock of this
 * object, so that its registers are not written, and its rings not freed, during the check.
 *
 * @param <S> what a start of the device creates
 */
public final class LiveSetup<S> {
    /** Null while the device is not started. */
    private S current;

    /** Notes that the device is started with this setup. Control threads. */
    public synchronized void begin(S setup) {
        current = setup;
    }

    /**
     * Notes that the device is about to change. Returns whether it was started. Idempotent. Control
     * threads.
     */
    public synchronized boolean end() {
        boolean was = current != null;
        current = null;
        return was;
    }

    /** The setup; empty while the device is not started. Any thread. */
    public synchronized Optional<S> current() {
        return Optional.ofNullable(current);
    }

    /**
     * The result of {@code look}; empty while the device is not started. {@code look} must not
     * wait. Any thread.
     */
    public synchronized Optional<String> look(Function<S, Optional<String>> look) {
        return current == null ? Optional.empty() : look.apply(current);
    }
}
