// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import io.hotbus.os.UeventSocket.Datagram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With events of the kernel itself: writing to a device's uevent file makes it send one. */
@Timeout(300)
class UeventSocketTest {
    private static final Path LOOPBACK = Path.of("/sys/class/net/lo/uevent");

    private final Linux linux = new LinuxCalls();
    private final UeventSocket.Factory factory =
            new NativeUeventSocketFactory(TestLibrary.HOTBUS, linux);

    @Test
    void shouldReceiveAnEventOfTheKernel() throws IOException {
        assumeRoot();
        try (UeventSocket socket = factory.open(1 << 20)) {
            final UUID uuid = UUID.randomUUID();

            sendChange(uuid);
            final Datagram datagram = await(socket, uuid);

            assertThat(datagram.fromKernel()).isTrue();
            assertThat(datagram.truncated()).isFalse();
            assertThat(datagram.port()).isZero();
            assertThat(datagram.pid()).isZero();
            assertThat(datagram.uid()).isZero();
            assertThat(text(datagram)).startsWith("change@/devices/virtual/net/lo\0")
                    .contains("\0ACTION=change\0", "\0SUBSYSTEM=net\0", "\0INTERFACE=lo\0")
                    .endsWith("\0");
        }
    }

    @Test
    void shouldSayWhenTheKernelDroppedEventsAndGoOn() throws IOException {
        assumeRoot();
        try (UeventSocket socket = factory.open(1)) {
            for (int i = 0; i < 100; i++) {
                sendChange(UUID.randomUUID());
            }

            assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> drain(socket))
                    .withMessage("receive uevent: ENOBUFS (No buffer space available)")
                    .returns(Errno.ENOBUFS, LinuxException::errno);

            drain(socket);
            final UUID uuid = UUID.randomUUID();
            sendChange(uuid);
            assertThat(await(socket, uuid).fromKernel()).isTrue();
        }
    }

    @Test
    void shouldBeEmptyOnceAllIsReceived() throws IOException {
        try (UeventSocket socket = factory.open(1 << 20)) {
            drain(socket);

            assertThat(socket.fd()).isPositive();
        }
    }

    @Test
    void shouldTrustTheKernelOnly() {
        final byte[] bytes = {};

        assertThat(new Datagram(bytes, false, 0, 0, 0).fromKernel()).isTrue();
        assertThat(new Datagram(bytes, false, 1, 0, 0).fromKernel()).isFalse();
        assertThat(new Datagram(bytes, false, 0, 1, 0).fromKernel()).isFalse();
        assertThat(new Datagram(bytes, false, 0, 0, 1000).fromKernel()).isFalse();
        assertThat(new Datagram(bytes, false, 0, -1, -1).fromKernel()).isFalse();
    }

    @Test
    void shouldCloseTheDescriptorOnce() throws IOException {
        final UeventSocket socket = factory.open(1 << 16);
        final int fd = socket.fd();

        socket.close();
        final int next = linux.eventfd();
        assertThat(next).isEqualTo(fd);
        socket.close();

        linux.signal(next); // still open
        linux.close(next);
    }

    private static void assumeRoot() {
        assumeTrue(Files.isWritable(LOOPBACK), "only root can make the kernel send a uevent");
    }

    private static void sendChange(UUID uuid) throws IOException {
        Files.writeString(LOOPBACK, "change " + uuid);
    }

    /** Other events may come in between. */
    private Datagram await(UeventSocket socket, UUID uuid) throws LinuxException {
        while (true) {
            final Optional<Datagram> datagram = socket.receive();
            if (datagram.isEmpty()) {
                linux.poll(-1, socket.fd());
            } else if (text(datagram.get()).contains("SYNTH_UUID=" + uuid)) {
                return datagram.get();
            }
        }
    }

    private static void drain(UeventSocket socket) throws LinuxException {
        Optional<Datagram> datagram;
        do {
            datagram = socket.receive();
        } while (datagram.isPresent());
    }

    private static String text(Datagram datagram) {
        return new String(datagram.bytes(), StandardCharsets.UTF_8);
    }
}
