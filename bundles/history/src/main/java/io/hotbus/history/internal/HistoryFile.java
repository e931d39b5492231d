// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@value #NAME} and the one before it: one JSON object per line. A later line of the same
 * number counts. One thread at a time.
 *
 * <p>Once the file is half as long as both may be, it takes the place of the one before, and a new
 * one is begun. A line is written by one write(2); a process that is killed within it loses that
 * line alone.
 */
final class HistoryFile implements AutoCloseable {
    static final String NAME = "history.jsonl";
    static final String BEFORE = NAME + ".1";
    private static final Logger LOG = LoggerFactory.getLogger(HistoryFile.class);
    /** A longer line is none of ours. */
    private static final int LONGEST_LINE = 1 << 20;
    private static final int MAX_COMPLAINTS = 10;
    /** A disk that is full has room for a short line now and then. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Path file;
    private final Path before;
    private final long limit;
    private final Lines lines = new Lines();
    private final FileChannel lockFile;
    private FileChannel out;
    private boolean failing;
    /** When a line was lost last. */
    private long failedNanos;

    /**
     * Opens the file in {@code folder}, which is created for this user alone if it is missing.
     *
     * @param limit how long both files together may become, in bytes
     * @throws IOException it cannot be opened, or another process has it; the message says why
     */
    HistoryFile(Path folder, long limit) throws IOException {
        this.file = folder.resolve(NAME);
        this.before = folder.resolve(BEFORE);
        this.limit = limit;
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwxr-xr-x")));
            lockFile = FileChannel.open(folder.resolve("history.lock"),
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("%s: cannot be written: %s".formatted(file, reason(e)), e);
        }
        try {
            requireAlone();
            open();
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    private void requireAlone() throws IOException {
        FileLock lock = null;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            LOG.trace("of this process", e);
        }
        if (lock == null) {
            throw new IOException(file + ": another process has it");
        }
    }

    private void open() throws IOException {
        try {
            out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            out.position(out.size());
        } catch (IOException e) {
            throw new IOException("%s: cannot be written: %s".formatted(file, reason(e)), e);
        }
    }

    Path path() {
        return file;
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such folder";
        }
        return e instanceof FileSystemException known && known.getReason() != null
                ? known.getReason() : e.toString();
    }

    /** Reads both files, the older one first. Lines that cannot be read are logged and skipped. */
    void read(Lines.Reader reader) {
        read(before, reader);
        read(file, reader);
        try {
            endLastLine();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void read(Path from, Lines.Reader reader) {
        int number = 0;
        int bad = 0;
        try (InputStream in = Files.newInputStream(from);
                BufferedReader text = new BufferedReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16)) {
            for (String line = next(text); line != null; line = next(text)) {
                number++;
                try {
                    lines.read(line, reader);
                } catch (IOException e) {
                    if (++bad <= MAX_COMPLAINTS) {
                        LOG.warn("{}:{}: left out: {}", from, number, e.getMessage());
                    }
                }
            }
        } catch (NoSuchFileException e) {
            LOG.trace("nothing was kept", e);
        } catch (IOException e) {
            LOG.warn("{}: cannot be read from line {} on: {}", from, number + 1, reason(e));
        }
        if (bad > MAX_COMPLAINTS) {
            LOG.warn("{}: {} lines are left out in all", from, bad);
        }
    }

    /** The next line, of a length that is no danger; null at the end. */
    private static String next(BufferedReader text) throws IOException {
        final StringBuilder line = new StringBuilder();
        int c = text.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = text.read()) {
            if (line.length() < LONGEST_LINE) {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** A process that was killed may have left half a line. */
    private void endLastLine() throws IOException {
        final long size = out.size();
        final ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && out.read(last, size - 1) == 1 && last.get(0) != '\n') {
            out.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
            out.position(size + 1);
        }
    }

    /** Adds a line. */
    void append(Removal removal) {
        try {
            append(lines.line(removal));
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Adds a line. */
    void append(Fault fault) {
        try {
            append(lines.line(fault));
        } catch (IOException e) {
            failed(e);
        }
    }

    private void append(byte[] line) throws IOException {
        if (out.position() > 0 && out.position() + line.length > limit / 2) {
            rotate();
        }
        final long begin = out.position();
        final ByteBuffer rest = ByteBuffer.wrap(line);
        try {
            while (rest.hasRemaining()) {
                out.write(rest);
            }
        } catch (IOException e) {
            out.truncate(begin); // also moves the position
            throw e;
        }
        if (failing && System.nanoTime() - failedNanos > QUIET_NANOS) {
            failing = false;
            LOG.info("{}: is written again", file);
        }
    }

    private void rotate() throws IOException {
        Files.move(file, before, StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
        out.close();
        open();
    }

    /** Says so once; what is to be kept meanwhile is in memory alone. */
    private void failed(IOException e) {
        failedNanos = System.nanoTime();
        if (!failing) {
            failing = true;
            LOG.error("{}: removals and faults are kept in memory alone until it can be written "
                    + "again: {}", file, reason(e));
        }
    }

    @Override
    public void close() {
        try (FileChannel lock = lockFile; FileChannel lines = out) {
            LOG.debug("{}: closed", file);
        } catch (IOException e) {
            LOG.error("{}: cannot be closed: {}", file, reason(e));
        }
    }
}
