// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.FrameworkUtil;

/** Keeps a thread until the test opens the gate, a service of the framework. */
final class Gate {
    private Gate() {
    }

    /** Does not react to interrupts. */
    static void pass() {
        boolean interrupted = false;
        while (true) {
            try {
                passUnlessInterrupted();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void passUnlessInterrupted() throws InterruptedException {
        var context = FrameworkUtil.getBundle(Gate.class).getBundleContext();
        context.getService(context.getServiceReference(CountDownLatch.class)).await();
    }
}
