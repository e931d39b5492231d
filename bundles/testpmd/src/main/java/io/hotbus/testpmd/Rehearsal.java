// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Pulls a device that can be spared out under traffic, has it cleaned up after, and plugs it in
 * again; a few times. That proves that a removal is survived in this process, on this machine. It
 * also loads, links and warms the code on that path: without it the first removal in earnest takes
 * ten times as long as a later one.
 */
@ProviderType
public interface Rehearsal {
    /**
     * Returns when it is over, and says in the log how it went. Nothing is forwarded meanwhile but
     * by the rehearsal. Does nothing where failures are not handled, or no device can be spared.
     */
    void play() throws InterruptedException;
}
