// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

/** Waits for a card. */
public final class HangingComponent {
    public HangingComponent() {
        Gate.pass();
    }

    /** Called by Declarative Services. */
    public void bind(Runnable needed) {
    }
}
