// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a start has set up. Each start creates a new object. Thread {@code interrupt}, while the
 * device is started. No method waits.
 */
@ConsumerType
public interface NicSetup {
    /** What is not as the start has left it, for messages. */
    Optional<String> difference();

    /** The queues whose device must not stand still; the same list at each call. */
    List<? extends NicQueue> queues();
}
