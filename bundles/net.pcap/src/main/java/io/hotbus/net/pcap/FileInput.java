// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;

/** Reads a file, and remembers a failure for the watch thread. */
final class FileInput implements Input {
    private static final int BUFFER = 1 << 18;

    private final OpenFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private volatile String failure;

    FileInput(OpenFile file) {
        this.file = file;
    }

    @Override
    public int read(long offset, byte[] to, int at, int length) {
        buffer.clear().limit(Math.min(BUFFER, length));
        try {
            int got = file.read(buffer, offset);
            buffer.get(0, to, at, got);
            return got;
        } catch (LinuxException e) {
            failure = e.getMessage();
            return -1;
        }
    }

    /** Why it could not be read; null if it could. Any thread. */
    String failure() {
        return failure;
    }
}
