// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.os.Linux;
import io.hotbus.pmd.eth.QueueSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is received once. The file counts as gone when it shrinks or cannot be read. */
final class FileSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

    private final String device;
    private final OpenFile file;
    private final FileInput input;
    private final CaptureReader reader;
    private long size;
    private FileRxQueue queue;
    private boolean told;

    private FileSource(String device, OpenFile file) throws CaptureException, IOException {
        this.device = device;
        this.file = file;
        this.input = new FileInput(file);
        this.size = file.size();
        this.reader = CaptureReader.open(input);
    }

    /**
     * Opens the file.
     *
     * @throws DeviceException it is not there or is no capture; the message says why
     */
    static FileSource open(String device, Linux linux, Path path) throws DeviceException {
        OpenFile file = OpenFile.open(device, linux, path, false);
        boolean usable = false;
        try {
            FileSource source = new FileSource(device, file);
            usable = true;
            return source;
        } catch (CaptureException | IOException e) {
            throw new DeviceException(device + ": " + path + ": " + e.getMessage(), e);
        } finally {
            if (!usable) {
                file.close();
            }
        }
    }

    @Override
    public String name() {
        return file.path().toString();
    }

    @Override
    public RxQueue queue(QueueSetup setup) {
        queue = new FileRxQueue(reader, setup);
        queue.start();
        return queue;
    }

    @Override
    public void start() {
        told = false;
        queue.start();
    }

    @Override
    public Optional<String> look() {
        Optional<String> gone = gone();
        if (gone.isEmpty() && !told && queue != null && queue.metFlaw()) {
            told = true;
            LOG.error("{}: {}: {} (the frames before were received)", device, name(),
                    reader.flaw());
        }
        return gone;
    }

    private Optional<String> gone() {
        if (input.failure() != null) {
            return Optional.of(name() + ": " + input.failure());
        }
        try {
            long now = file.size();
            if (now < size) {
                return Optional.of("%s: was truncated from %s to %s bytes".formatted(
                        name(), size, now));
            }
            size = now;
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(name() + ": " + e);
        }
    }

    @Override
    public void close() {
        look();
        file.close();
    }
}
