// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import io.hotbus.core.device.Buses;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.thread.EventLoop;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code uevent-monitor}: passes each uevent of the kernel to every bus. If uevents were
 * lost for any reason, asks every bus to rescan.
 */
final class UeventReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UeventReader.class);
    /** Datagrams read in one turn, so that the thread can be ended during a flood. */
    private static final int BATCH = 256;
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    /** A class of its own rather than a lambda, which would be linked by the first removal. */
    private record Handling(Uevent uevent) implements Buses.Action {
        @Override
        public void accept(Bus bus) {
            bus.handleUevent(uevent);
        }
    }

    private final UeventSocket.Factory sockets;
    private final Buses buses;
    private final CoreSettings settings;
    private final EventLoop loop;
    private final Runnable receive = this::receive;
    private final ForeignSenders foreign = new ForeignSenders();
    /** Null while the socket is being reopened. Used by the thread only, like all fields below. */
    private UeventSocket socket;
    private Duration retry = FIRST_RETRY;
    /** How uevents were lost since the last rescan. */
    private Optional<String> lost = Optional.empty();
    private long timesLost;

    private UeventReader(Linux linux, UeventSocket.Factory sockets, Buses buses,
            CoreSettings settings) throws LinuxException {
        this.sockets = sockets;
        this.buses = buses;
        this.settings = settings;
        this.loop = new EventLoop(linux, "uevent-monitor", this::closeSocket);
    }

    /** Opens the socket and starts the thread. */
    static UeventReader open(Linux linux, UeventSocket.Factory sockets, Buses buses,
            CoreSettings settings) throws LinuxException {
        UeventParser.parse(new byte[0]); // linked now: the first uevent may be that of a removal
        UeventReader reader = new UeventReader(linux, sockets, buses, settings);
        try {
            reader.openSocket();
        } catch (LinuxException e) {
            reader.close();
            throw e;
        }
        reader.loop.start();
        return reader;
    }

    /** Ends the thread, which closes the socket. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }

    private void openSocket() throws LinuxException {
        socket = sockets.open(settings.ueventBuffer());
        loop.watch(socket.fd(), receive);
    }

    private void closeSocket() {
        if (socket != null) {
            loop.unwatch(socket.fd(), receive);
            socket.close();
            socket = null;
        }
    }

    private void receive() {
        for (int i = 0; i < BATCH; i++) {
            try {
                Optional<UeventSocket.Datagram> datagram = socket.receive();
                if (datagram.isEmpty()) {
                    break;
                }
                retry = FIRST_RETRY;
                handle(datagram.get());
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOBUFS) {
                    reopen(e);
                    return;
                }
                lost("the kernel's queue for them was full");
            }
        }
        // After all waiting uevents were read, so that the buses see the latest state.
        if (lost.isPresent()) {
            LOG.warn("uevents were lost ({} times so far), so every bus rescans: {}",
                    timesLost, lost.get());
            rescan();
        }
    }

    private void handle(UeventSocket.Datagram datagram) {
        if (!datagram.fromKernel()) {
            foreign.drop(datagram);
            return;
        }
        if (datagram.truncated()) {
            lost("one was longer than the buffer");
            return;
        }
        UeventParser.Result result = UeventParser.parse(datagram.bytes());
        if (result.uevent().isEmpty()) {
            lost("one cannot be read: " + result.reason());
            return;
        }
        Uevent uevent = result.uevent().get();
        LOG.debug("{} {} ({})", uevent.action(), uevent.devpath(), uevent.subsystem());
        buses.forEach("handling a uevent", new Handling(uevent));
    }

    private void lost(String why) {
        lost = Optional.of(why);
        timesLost++;
    }

    private void rescan() {
        lost = Optional.empty();
        buses.forEach("rescanning", Bus::rescan);
    }

    private void reopen(LinuxException error) {
        LOG.error("the uevent socket failed and is opened again in {} ms", retry.toMillis(), error);
        closeSocket();
        loop.schedule(retry, this::tryToOpen);
        Duration doubled = retry.multipliedBy(2);
        retry = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
    }

    private void tryToOpen() {
        try {
            openSocket();
        } catch (LinuxException e) {
            reopen(e);
            return;
        }
        LOG.info("the uevent socket is open again; every bus rescans");
        rescan();
    }
}
