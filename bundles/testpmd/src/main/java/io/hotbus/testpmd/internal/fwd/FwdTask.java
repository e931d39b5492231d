// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.LcoreTask;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.testpmd.ForwardEngine;
import io.hotbus.testpmd.FwdStream;

/** Serves a stream by an engine. The buffers come from the caches of the lcore of the stream. */
record FwdTask(ForwardEngine engine, FwdStream stream) implements LcoreTask {
    @Override
    public boolean poll(MempoolCaches caches) {
        long before = stream.handled();
        engine.forward(stream);
        return stream.handled() != before;
    }

    @Override
    public String label() {
        return stream.label();
    }

    @Override
    public String toString() {
        return stream.toString();
    }
}
