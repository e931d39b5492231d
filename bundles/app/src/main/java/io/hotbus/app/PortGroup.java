// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The ports of one application, their buffers, and the lcores that poll them. The group does not
 * touch ports that it has not opened. Any control thread.
 *
 * <p>When a device is pulled out, the group stops and closes its port and detaches the device,
 * between two calls of a task. When the device returns, the group attaches it again with the same
 * devargs and starts its port.
 */
@ProviderType
public interface PortGroup extends AutoCloseable {
    /**
     * Attaches the device and starts its port with one receive queue and one transmit queue.
     *
     * @throws DeviceException naming the device and what failed; the device is not attached
     */
    OpenPort open(Devargs devargs) throws DeviceException;

    /**
     * Calls {@code task} on an lcore, again and again, until the calling thread is interrupted.
     *
     * @throws DeviceException      no buffers are left for the lcore, or the task threw
     * @throws InterruptedException the calling thread was interrupted; the task is not running
     */
    void run(LcoreTask task) throws DeviceException, InterruptedException;

    /**
     * Lets an lcore sleep when its task has had nothing to do for a while ({@link LcoreTask#poll}),
     * until a packet arrives, a port changes or the task ends. An lcore stays awake as long as a
     * port of the group has no receive interrupts. Applies to tasks that are run afterwards.
     */
    void sleepWhenIdle();

    /** Ends the lcores, closes the ports and detaches their devices. Idempotent. */
    @Override
    void close();
}
