// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.net.pcap.Place.Kind;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.netif.packet.PacketOs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All that a device reads and writes. Control threads, and the watch thread; a call at a time. */
final class PcapStreams {
    private final String device;
    private final PacketOs os;
    private final WrittenFiles written;
    /** The interfaces by name, in the order of the devargs. */
    private final Map<String, LiveInterface> interfaces = new LinkedHashMap<>();
    private final List<Source> sources = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private boolean closed;

    private PcapStreams(String device, PacketOs os, WrittenFiles written) {
        this.device = device;
        this.os = os;
        this.written = written;
    }

    /**
     * Opens the files and the interfaces.
     *
     * @throws DeviceException one of them cannot be used; none is open then
     */
    static PcapStreams open(String device, PcapArgs args, PacketOs os, InterruptThread interrupts,
            NetInterfaces all, WrittenFiles written) throws DeviceException {
        PcapStreams streams = new PcapStreams(device, os, written);
        boolean opened = false;
        try {
            streams.openInterfaces(args, interrupts, all);
            for (Place place : args.rx()) {
                streams.sources.add(streams.source(place, args.infinite()));
            }
            streams.openSinks(args);
            opened = true;
            return streams;
        } finally {
            if (!opened) {
                streams.close();
            }
        }
    }

    private void openInterfaces(PcapArgs args, InterruptThread interrupts, NetInterfaces all)
            throws DeviceException {
        for (Place place : args.all().filter(any -> !any.isFile()).toList()) {
            String name = place.name();
            if (!interfaces.containsKey(name)) {
                interfaces.put(name, LiveInterface.open(
                        device, name, os, interrupts, all, args.wouldHearItself(name)));
            }
        }
    }

    private Source source(Place place, boolean infinite) throws DeviceException {
        if (!place.isFile()) {
            return new InterfaceSource(
                    interfaces.get(place.name()), place.kind() == Kind.INTERFACE);
        }
        return infinite ? LoopSource.open(device, os.linux(), place.path())
                : FileSource.open(device, os.linux(), place.path());
    }

    private void openSinks(PcapArgs args) throws DeviceException {
        Outputs outputs = new Outputs(device, os.linux(), args.mode());
        WallClock clock = new WallClock();
        Map<Path, CaptureFile> open = new HashMap<>();
        for (Place place : args.tx()) {
            if (!place.isFile()) {
                sinks.add(new InterfaceSink(interfaces.get(place.name()), os.packets()));
                continue;
            }
            Path whole = place.path().toAbsolutePath().normalize();
            CaptureFile file = open.get(whole);
            if (file == null) {
                written.requireFree(device, place.path(), args.filesRead());
                file = outputs.open(place.path());
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

    /** The interfaces among them, each once. */
    Collection<LiveInterface> interfaces() {
        return interfaces.values();
    }

    /** Starts what that many queues use. */
    void start(int rxQueues, int txQueues) throws DeviceException {
        for (Source source : sources.subList(0, Math.min(rxQueues, sources.size()))) {
            source.start();
        }
        for (Sink sink : sinks.subList(0, Math.min(txQueues, sinks.size()))) {
            sink.start();
        }
    }

    /** Stops all, started or not. No burst is running. Idempotent. */
    void stop() {
        sinks.forEach(Sink::stop);
        sources.forEach(Source::stop);
        interfaces.values().forEach(LiveInterface::stop);
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
        stop();
        sinks.forEach(Sink::close);
        sources.forEach(Source::close);
        interfaces.values().forEach(LiveInterface::close);
        written.release(device);
    }
}
