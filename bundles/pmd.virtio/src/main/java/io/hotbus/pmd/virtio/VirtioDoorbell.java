// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import org.osgi.annotation.versioning.ConsumerType;

/** Tells the device that a queue has new descriptors. Made by the transport. */
@ConsumerType
@FunctionalInterface
public interface VirtioDoorbell {
    /** Rings. Thread of the queue. Neither waits nor fails. */
    void ring();
}
