// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.thread.ControlThread;

/**
 * Runs control tasks on the calling thread: a task has run when {@link #execute} returns. For tests
 * in which no task waits for another.
 */
public final class InlineControl implements ControlThread {
    /** Creates the control thread. Instances have no state. */
    public InlineControl() {
    }

    @Override
    public void execute(Object owner, Runnable task) {
        task.run();
    }
}
