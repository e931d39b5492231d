// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Pulls a spare device out under traffic, waits for the cleanup, and plugs the device in again, a
 * few times. This proves that this process on this machine survives a removal. It also loads, links
 * and warms the code on that path: without it, the first real removal takes ten times as long as a
 * later one.
 */
@ProviderType
public interface Rehearsal {
    /**
     * Runs the rehearsal and logs its result. Only the rehearsal forwards packets meanwhile. Does
     * nothing if failure handling is off or there is no spare device.
     */
    void play() throws InterruptedException;
}
