// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** The times that the polls of an lcore took: written by it alone, read by any thread. */
final class PollHistogram {
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 2;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(LONGEST_NANOS, DIGITS);
    /** What was taken out of the recorder. Guarded by this. */
    private final Histogram total = new Histogram(LONGEST_NANOS, DIGITS);

    /** On the lcore. Never blocks or allocates. */
    void add(long nanos) {
        recorder.recordValue(Math.min(nanos, LONGEST_NANOS));
    }

    synchronized void clear() {
        recorder.reset();
        total.reset();
    }

    synchronized PollTimes times(String lcore) {
        total.add(recorder.getIntervalHistogram());
        return new PollTimes(lcore, total.getTotalCount(), total.getValueAtPercentile(50),
                total.getValueAtPercentile(99.9), total.getMaxValue());
    }
}
