// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import org.osgi.annotation.versioning.ConsumerType;

/** The receive interrupts of a device. */
@ConsumerType
public interface RxWaker {
    /** A device that has no receive interrupts. */
    RxWaker NONE = new RxWaker() {
        @Override
        public boolean arm(int queue, Runnable wake) {
            return false;
        }

        @Override
        public void wake(int queue) {
            // nothing was armed
        }
    };

    /**
     * Arranges that {@code wake} is called at the next packet of the queue. The caller looks for
     * packets that are in the ring already afterwards. The thread of the queue.
     *
     * @return false if the device has no receive interrupts
     */
    boolean arm(int queue, Runnable wake);

    /** Calls what {@link #arm} was given for this queue, if it was not called yet. Any thread. */
    void wake(int queue);
}
