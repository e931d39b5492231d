// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets control threads wait until the lcore of a queue is between two bursts. A pass through the
 * gate costs the lcore two stores and no fence: a control thread changes what the bursts read, then
 * calls {@link Barrier#pass}, then {@link #await}. Where there is no such barrier, the lcore
 * executes a fence.
 *
 * <p>The order of an opaque store and the loads after it is kept by the compiler of the JVM, and by
 * the barrier in the CPU.
 */
public final class Gate {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    /** Keeps the count a pair of cache lines away from those of other lcores. */
    private static final int PASSES = 16;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** A burst takes less than this, unless its thread is kept from running. */
    private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final boolean fence;
    /** Odd while the lcore is inside. */
    private final long[] passes = new long[2 * PASSES + 1];

    /** @param fence whether the lcore has to execute a fence */
    public Gate(boolean fence) {
        this.fence = fence;
    }

    /** Begins a burst. The lcore of the queue. */
    public void enter() {
        LONGS.setOpaque(passes, PASSES, passes[PASSES] + 1);
        if (fence) {
            VarHandle.fullFence();
        }
    }

    /** Ends a burst. The lcore of the queue. */
    public void leave() {
        LONGS.setRelease(passes, PASSES, passes[PASSES] + 1);
    }

    /** A number that each burst changes, which shows whether there are any. Any thread. */
    public long passes() {
        return (long) LONGS.getOpaque(passes, PASSES);
    }

    /**
     * Returns when each burst that began before the barrier has ended. A control thread.
     *
     * @return false if the burst did not end within 5 seconds
     */
    public boolean await() {
        long seen = (long) LONGS.getAcquire(passes, PASSES);
        if ((seen & 1) == 0) {
            return true;
        }
        long begin = System.nanoTime();
        while ((long) LONGS.getAcquire(passes, PASSES) == seen) {
            long waited = System.nanoTime() - begin;
            if (waited > LIMIT_NANOS) {
                return false;
            }
            if (waited < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(SPIN_NANOS); // the lcore may need this CPU
            }
        }
        return true;
    }
}
