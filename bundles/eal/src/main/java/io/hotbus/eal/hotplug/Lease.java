// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import org.osgi.annotation.versioning.ProviderType;

/** Keeps something on until closed. Closing is idempotent. Any thread. */
@ProviderType
public interface Lease extends AutoCloseable {
    @Override
    void close();
}
