// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Linux;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All that a device reads and writes. Control threads, and the watch thread; a call at a time. */
final class PcapFiles {
    private final String device;
    private final WrittenFiles written;
    private final List<Source> sources = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private boolean closed;

    private PcapFiles(String device, WrittenFiles written) {
        this.device = device;
        this.written = written;
    }

    /**
     * Opens the files.
     *
     * @throws DeviceException a file cannot be used; none is open then
     */
    static PcapFiles open(String device, PcapArgs args, Linux linux, WrittenFiles written)
            throws DeviceException {
        PcapFiles files = new PcapFiles(device, written);
        boolean opened = false;
        try {
            for (Path path : args.rx()) {
                files.sources.add(args.infinite() ? LoopSource.open(device, linux, path)
                        : FileSource.open(device, linux, path));
            }
            files.openSinks(args, linux);
            opened = true;
            return files;
        } finally {
            if (!opened) {
                files.close();
            }
        }
    }

    private void openSinks(PcapArgs args, Linux linux) throws DeviceException {
        Outputs outputs = new Outputs(device, linux, args.mode());
        WallClock clock = new WallClock();
        Map<Path, CaptureFile> open = new HashMap<>();
        for (Path path : args.tx()) {
            Path whole = path.toAbsolutePath().normalize();
            CaptureFile file = open.get(whole);
            if (file == null) {
                written.requireFree(device, path, args.rx());
                file = outputs.open(path);
                open.put(whole, file);
                sinks.add(new FileSink(file, clock));
                written.add(device, file.file());
            } else {
                sinks.add(new FileSink(file, clock));
            }
        }
    }

    /** What the receive queues read, by number. */
    List<Source> sources() {
        return sources;
    }

    /** What the transmit queues write, by number. */
    List<Sink> sinks() {
        return sinks;
    }

    /** Looks at all. Returns why the device is gone; empty while all is there, and once closed. */
    Optional<String> look() {
        if (closed) {
            return Optional.empty();
        }
        List<Optional<String>> all = Stream.concat(sources.stream().map(Source::look),
                sinks.stream().map(Sink::look)).toList();
        return all.stream().flatMap(Optional::stream).findFirst();
    }

    /** Closes all. Idempotent. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        sinks.forEach(Sink::flush);
        sinks.forEach(Sink::close);
        sources.forEach(Source::close);
        written.release(device);
    }
}
