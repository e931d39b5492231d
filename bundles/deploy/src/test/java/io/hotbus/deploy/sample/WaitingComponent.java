// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

/** Needs a Runnable. */
public final class WaitingComponent {
    /** Called by Declarative Services. */
    public void bind(Runnable needed) {
    }
}
