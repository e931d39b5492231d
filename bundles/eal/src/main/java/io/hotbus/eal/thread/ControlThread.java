// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import org.osgi.annotation.versioning.ProviderType;

/** The thread {@code control}, on which all listeners run. A service of the core bundle. */
@ProviderType
public interface ControlThread {
    /**
     * Runs {@code task} on the control thread, after all tasks submitted before. Any thread; never
     * blocks. An exception of the task is logged. A task that does not return in time keeps its
     * thread: later tasks of its {@code owner} wait for it, and all others continue on a new
     * thread.
     *
     * @param owner the object that the task belongs to (a listener); compared by identity and named
     *     in the log
     */
    void execute(Object owner, Runnable task);
}
