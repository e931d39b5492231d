// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import org.osgi.annotation.versioning.ProviderType;

/** The thread {@code control}, on which all listeners run. A service of the core bundle. */
@ProviderType
public interface ControlThread {
    /**
     * Runs {@code task} on the control thread, after all that was handed in before. Any thread;
     * never blocks. What the task throws is logged. A task that does not return in time is left to
     * a thread of its own: later tasks of its {@code owner} wait for it, all others go on.
     *
     * @param owner whom the task belongs to (a listener), compared by identity and named in the log
     */
    void execute(Object owner, Runnable task);
}
