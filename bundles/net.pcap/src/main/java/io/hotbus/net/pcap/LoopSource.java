// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.os.Linux;
import io.hotbus.pmd.eth.QueueSetup;
import java.nio.file.Path;
import java.util.Optional;

/** A file that is read into memory, and received again and again. It is never gone. */
final class LoopSource implements Source {
    private final String device;
    private final Path path;
    private final FrameStore frames;
    private LoopRxQueue queue;

    private LoopSource(String device, Path path, FrameStore frames) {
        this.device = device;
        this.path = path;
        this.frames = frames;
    }

    /**
     * Reads the file.
     *
     * @throws DeviceException it is not there, is no capture, is damaged or too large, or has no
     *     frames
     */
    static LoopSource open(String device, Linux linux, Path path) throws DeviceException {
        OpenFile file = OpenFile.open(device, linux, path, false);
        try {
            CaptureReader reader = CaptureReader.open(new FileInput(file));
            return new LoopSource(device, path, FrameStore.of(reader));
        } catch (CaptureException e) {
            throw new DeviceException(device + ": " + path + ": " + e.getMessage(), e);
        } finally {
            file.close();
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public RxQueue queue(QueueSetup setup) throws DeviceException {
        int room = setup.pool().dataRoom();
        if (frames.longest() > (long) room * Mbuf.MAX_COUNT) {
            throw new DeviceException(("%s: %s: a frame of %s bytes does not fit in %s buffers of "
                    + "%s bytes (--mbuf-size)").formatted(device, path, frames.longest(),
                    Mbuf.MAX_COUNT, room));
        }
        queue = new LoopRxQueue(frames, setup);
        return queue;
    }

    @Override
    public void start() {
        queue.start();
    }

    @Override
    public Optional<String> look() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // Its file was closed after it was read.
    }
}
