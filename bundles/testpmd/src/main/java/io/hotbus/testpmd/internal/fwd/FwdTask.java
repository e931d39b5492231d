// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.LcoreTask;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.testpmd.ForwardMode;
import io.hotbus.testpmd.FwdStream;

/** Has the mode serve the stream, whose buffers come from the caches of its lcore. */
record FwdTask(ForwardMode mode, FwdStream stream) implements LcoreTask {
    @Override
    public void poll(MempoolCaches caches) {
        mode.forward(stream);
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
