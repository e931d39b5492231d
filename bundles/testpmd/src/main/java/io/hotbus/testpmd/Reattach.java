// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The policy for devices that return: whatever was lost by removal is attached again with the same
 * devargs, started, and forwarded on. A service; any control thread.
 */
@ProviderType
public interface Reattach {
    /** Whether what returns is attached again. */
    boolean enabled();

    /** Turned on again it also attaches what returned in the meantime. */
    void setEnabled(boolean on);

    /** Why a device that returned could not be attached again; empty while that is not settled. */
    Optional<String> failure(String device);
}
