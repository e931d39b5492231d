// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Who owns a port. Any thread; does not wait for the port's driver. */
final class Ownership {
    private final AtomicReference<Optional<String>> owner;

    Ownership(Optional<String> owner) {
        this.owner = new AtomicReference<>(owner);
    }

    Optional<String> owner() {
        return owner.get();
    }

    /** Makes {@code name} the owner unless there is another one; returns the owner there is. */
    String take(String name) {
        return owner.updateAndGet(now -> now.isPresent() ? now : Optional.of(name)).orElseThrow();
    }

    /** Ends the ownership of {@code name}, if it is the owner. */
    void end(String name) {
        owner.updateAndGet(now -> now.filter(present -> !present.equals(name)));
    }
}
