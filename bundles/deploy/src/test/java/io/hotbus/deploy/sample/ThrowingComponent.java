// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

/** Finds no card. */
public final class ThrowingComponent {
    public ThrowingComponent() {
        throw new IllegalStateException("no such card");
    }
}
