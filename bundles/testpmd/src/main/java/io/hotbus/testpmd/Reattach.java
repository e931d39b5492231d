// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The policy for devices that return: a device that was lost by a removal is attached again with
 * the same devargs, started, and forwarded on. A service; any control thread.
 */
@ProviderType
public interface Reattach {
    /** Whether devices that return are attached again. */
    boolean enabled();

    /** Turns the policy on or off. Turning it on also attaches devices that returned meanwhile. */
    void setEnabled(boolean on);

    /** Why a device that returned could not be attached again; empty while that is not settled. */
    Optional<String> failure(String device);
}
