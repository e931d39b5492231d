// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import static io.hotbus.core.testing.TestOs.LINUX;

import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Sockets that receive what a test says: for senders and errors that the kernel does not give. */
final class ScriptedSockets implements UeventSocket.Factory {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final Queue<LinuxException> openFailures = new ConcurrentLinkedQueue<>();
    /** Datagrams and LinuxExceptions. */
    private final Queue<Object> script = new ConcurrentLinkedQueue<>();
    private volatile int fd = -1;

    /** Each is received, or thrown. */
    void receive(Object... next) throws LinuxException {
        script.addAll(List.of(next));
        LINUX.signal(fd);
    }

    @Override
    public UeventSocket open(int receiveBuffer) throws LinuxException {
        LinuxException failure = openFailures.poll();
        if (failure != null) {
            throw failure;
        }
        opened.incrementAndGet();
        fd = LINUX.eventfd();
        if (!script.isEmpty()) {
            LINUX.signal(fd);
        }
        return new ScriptedSocket(fd);
    }

    private final class ScriptedSocket implements UeventSocket {
        private final int fd;

        ScriptedSocket(int fd) {
            this.fd = fd;
        }

        @Override
        public int fd() {
            return fd;
        }

        @Override
        public Optional<Datagram> receive() throws LinuxException {
            Object next = script.poll();
            if (next instanceof LinuxException error) {
                throw error;
            }
            if (next == null) {
                LINUX.drain(fd);
                if (!script.isEmpty()) {
                    LINUX.signal(fd);
                }
            }
            return Optional.ofNullable((Datagram) next);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            LINUX.close(fd);
        }
    }
}
