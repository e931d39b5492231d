// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture file that is written, whole frames at a time. When the disk is full, the file is cut
 * back to its last whole frame, and later frames are tried again. Any other failure means that the
 * file is gone. Any thread; a call at a time, by the lock of this object.
 */
final class CaptureFile {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureFile.class);
    /** EFBIG, ENOSPC, EDQUOT: more may fit later. */
    private static final Set<Integer> FULL = Set.of(27, 28, 122);

    private final String device;
    private final OpenFile file;
    private final RecordFormat format;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(FileTxQueue.BUFFER);
    private long end;
    /** What the last write met, if that was not told yet; empty: nothing. */
    private Optional<String> news = Optional.empty();
    private boolean full;
    private long lost;
    private volatile Optional<String> gone = Optional.empty();

    /** Writes to {@code file} from {@code end} on. */
    CaptureFile(String device, OpenFile file, RecordFormat format, long end) {
        this.device = device;
        this.file = file;
        this.format = format;
        this.end = end;
    }

    RecordFormat format() {
        return format;
    }

    OpenFile file() {
        return file;
    }

    /** Writes bytes that are whole frames. Returns whether all of them are in the file. */
    synchronized boolean write(byte[] from, int length, int frames) {
        buffer.clear().put(from, 0, length).flip();
        long at = end;
        try {
            while (buffer.hasRemaining() && gone.isEmpty()) {
                at += file.write(buffer, at);
            }
        } catch (LinuxException e) {
            failed(e);
        }
        if (buffer.hasRemaining()) {
            lost += frames;
            return false;
        }
        end = at;
        if (full) {
            full = false;
            String again = "frames are written again, " + lost + " are lost";
            news = Optional.of(news.map(untold -> untold + "; " + again).orElse(again));
        }
        return true;
    }

    private void failed(LinuxException e) {
        if (!FULL.contains(e.errno())) {
            gone = Optional.of(file.path() + ": " + e.getMessage());
            return;
        }
        if (!full) {
            full = true;
            lost = 0;
            news = Optional.of(e.getMessage()
                    + ": frames are dropped until there is room (they count as tx errors)");
        }
        try {
            file.truncate(end);
        } catch (LinuxException cut) {
            gone = Optional.of(file.path() + ": " + cut.getMessage());
        }
    }

    /** Logs what happened since the last call. Returns why the file is gone, if it is. */
    synchronized Optional<String> look() {
        tell();
        try {
            if (gone.isEmpty() && file.isDeleted()) {
                gone = Optional.of(file.path() + ": was deleted");
            }
        } catch (IOException e) {
            gone = Optional.of(file.path() + ": " + e);
        }
        return gone;
    }

    /** Whether the file is gone, as far as a write or the last {@link #look} has found. No lock. */
    boolean isGone() {
        return gone.isPresent();
    }

    /** Closes it, after all queues have written. Idempotent. */
    synchronized void close() {
        tell();
        if (full) {
            full = false;
            news = Optional.of(lost + " frames are lost, as the disk is full");
            tell();
        }
        file.close();
    }

    private void tell() {
        news.ifPresent(text -> LOG.warn("{}: {}: {}", device, file.path(), text));
        news = Optional.empty();
    }
}
