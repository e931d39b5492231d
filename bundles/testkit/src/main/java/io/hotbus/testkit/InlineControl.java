// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.thread.ControlThread;

/**
 * A control thread that is the caller: a task has run when {@link #execute} returns. For tests in
 * which no task waits for another.
 */
public final class InlineControl implements ControlThread {
    /** Creates the control thread; all of them are alike. */
    public InlineControl() {
    }

    @Override
    public void execute(Object owner, Runnable task) {
        task.run();
    }
}
