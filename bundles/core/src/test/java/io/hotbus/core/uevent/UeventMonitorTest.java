// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.core.device.Buses;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestBus;
import io.hotbus.core.testing.TestOs;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import io.hotbus.os.UeventSocket.Datagram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class UeventMonitorTest {
    private static final Path LOOPBACK = Path.of("/sys/class/net/lo/uevent");

    private final ScriptedSockets scripted = new ScriptedSockets();
    private final Buses buses = new Buses(new CoreSettings());
    private final TestBus bus = new TestBus("test", 2);
    private UeventMonitor monitor;

    private Lease start(UeventSocket.Factory sockets) throws DeviceException {
        buses.add(bus, bus.properties());
        monitor = new UeventMonitor(LINUX, sockets, buses, new CoreSettings());
        return monitor.start();
    }

    @AfterEach
    void stop() {
        if (monitor != null) {
            monitor.close();
            monitor.close();
            assertThat(monitor.running()).isFalse();
        }
        assertThat(Waiting.isAlive("uevent-monitor")).isFalse();
        assertThat(scripted.closed).hasValue(scripted.opened.get());
    }

    private static Datagram fromKernel(String text) {
        return new Datagram(text.getBytes(StandardCharsets.UTF_8), false, 0, 0, 0);
    }

    private static LinuxException error(int errno) {
        return new LinuxException("recvmsg", errno, "errno " + errno);
    }

    private Uevent nextUevent() throws InterruptedException {
        Uevent uevent = bus.uevents.poll(120, TimeUnit.SECONDS);
        assertThat(uevent).isNotNull();
        return uevent;
    }

    private void awaitRescan() throws InterruptedException {
        assertThat(bus.rescans.poll(120, TimeUnit.SECONDS)).isNotNull();
    }

    /** Has the kernel send a change event with that UUID in it. */
    private static void sendChange(UUID uuid) throws IOException {
        assumeTrue(Files.isWritable(LOOPBACK), "only root can have the kernel send a uevent");
        Files.writeString(LOOPBACK, "change " + uuid);
    }

    /** Others may send uevents too. */
    private Uevent await(UUID uuid) throws InterruptedException {
        Uevent uevent = nextUevent();
        while (!uuid.toString().equals(uevent.keys().get("SYNTH_UUID"))) {
            uevent = nextUevent();
        }
        return uevent;
    }

    @Test
    void shouldPassAUeventOfTheKernelToTheBuses() throws Exception {
        TestBus other = new TestBus("other", 3);
        buses.add(other, other.properties());
        start(TestOs.SOCKETS);
        UUID uuid = UUID.randomUUID();

        sendChange(uuid);

        Uevent uevent = await(uuid);
        assertThat(uevent.action()).isEqualTo("change");
        assertThat(uevent.devpath()).isEqualTo("/devices/virtual/net/lo");
        assertThat(uevent.subsystem()).isEqualTo("net");
        assertThat(uevent.get("INTERFACE")).contains("lo");
        Waiting.until("the other bus is told", () -> other.uevents.contains(uevent));
    }

    @Test
    void shouldRescanWhereTheKernelHadToDropUevents() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestBus slow = new TestBus("slow", 1) {
            @Override
            public void handleUevent(Uevent uevent) {
                busy.countDown();
                Waiting.await(release);
            }
        };
        buses.add(slow, slow.properties());
        // As small as the kernel makes them.
        start(receiveBuffer -> TestOs.SOCKETS.open(1));
        try (LogLines log = new LogLines()) {
            sendChange(UUID.randomUUID());
            Waiting.await(busy);
            for (int i = 0; i < 100; i++) {
                sendChange(UUID.randomUUID());
            }
            assertThat(bus.rescans).isEmpty();
            release.countDown();

            awaitRescan();

            assertThat(log.of(Level.WARN)).isNotEmpty().first().asString()
                    .contains("uevents were lost", "queue for them was full");
        }
        UUID uuid = UUID.randomUUID();
        sendChange(uuid);
        await(uuid); // it has gone on
    }

    @Test
    void shouldRunFromTheFirstLeaseToTheLast() throws Exception {
        Lease first = start(scripted);
        Lease second = monitor.start();
        assertThat(Waiting.isAlive("uevent-monitor")).isTrue();
        first.close();
        first.close();
        assertThat(monitor.running()).isTrue();

        second.close();

        assertThat(monitor.running()).isFalse();
        assertThat(Waiting.isAlive("uevent-monitor")).isFalse();
        assertThat(scripted.closed).hasValue(1);
        monitor.start();
        assertThat(scripted.opened).hasValue(2);
    }

    @Test
    void shouldLeaveNoDescriptorBehind() throws Exception {
        long before = TestOs.openDescriptors();
        Lease lease = start(TestOs.SOCKETS);
        assertThat(TestOs.openDescriptors()).isEqualTo(before + 2);

        lease.close();

        assertThat(TestOs.openDescriptors()).isEqualTo(before);
    }

    @Test
    void shouldSayWhyItCannotBeStarted() throws Exception {
        long before = TestOs.openDescriptors();
        scripted.openFailures.add(error(Errno.EMFILE));

        assertThatThrownBy(() -> start(scripted)).isInstanceOf(DeviceException.class)
                .hasMessage("uevents cannot be listened to: recvmsg: errno 24");

        assertThat(monitor.running()).isFalse();
        assertThat(TestOs.openDescriptors()).isEqualTo(before);
        monitor.start();
        assertThat(monitor.running()).isTrue();
    }

    @Test
    void shouldDropWhatOthersThanTheKernelSendAndSayItOnceOfEach() throws Exception {
        start(scripted);
        byte[] forged = "remove@/forged\0".getBytes(StandardCharsets.UTF_8);
        try (LogLines log = new LogLines()) {
            scripted.receive(new Datagram(forged, false, 4711, 4711, 1000),
                    new Datagram(forged, false, 4711, 4711, 1000),
                    new Datagram(forged, false, 0, 815, 0),
                    new Datagram(forged, true, 0, -1, -1),
                    fromKernel("add@/real\0"));

            assertThat(nextUevent().devpath()).isEqualTo("/real");
            assertThat(log.of(Level.WARN)).hasSize(3).first().asString()
                    .contains("process 4711 (uid 1000)", "dropped");
        }
        assertThat(bus.uevents).isEmpty();
        assertThat(bus.rescans).isEmpty();
    }

    @Test
    void shouldNotFillTheLogWithSenders() throws Exception {
        start(scripted);
        try (LogLines log = new LogLines()) {
            for (int pid = 1; pid <= 1000; pid++) {
                scripted.receive(new Datagram(new byte[1], false, pid, pid, 1000));
            }
            scripted.receive(fromKernel("add@/real\0"));
            nextUevent();
            assertThat(log.of(Level.WARN)).hasSize(ForeignSenders.SENDERS);
        }
    }

    @Test
    void shouldTellTheOthersWhereABusThrows() throws Exception {
        TestBus broken = new TestBus("broken", 1) {
            @Override
            public void handleUevent(Uevent uevent) {
                throw new NoClassDefFoundError("of a bundle that is gone");
            }

            @Override
            public void rescan() throws DeviceException {
                throw new DeviceException("cannot");
            }
        };
        buses.add(broken, broken.properties());
        start(scripted);
        try (LogLines log = new LogLines()) {
            scripted.receive(fromKernel("add@/a\0"), error(Errno.ENOBUFS));

            assertThat(nextUevent().devpath()).isEqualTo("/a");
            awaitRescan();
            assertThat(log.of(Level.ERROR)).hasSize(2);
        }
    }

    @Test
    void shouldRescanAfterReadingWhatIsThere() throws Exception {
        start(scripted);
        try (LogLines log = new LogLines()) {
            scripted.receive(error(Errno.ENOBUFS), fromKernel("add@/a\0"),
                    error(Errno.ENOBUFS), fromKernel("add@/b\0"));
            awaitRescan();
            assertThat(bus.uevents).extracting(Uevent::devpath).containsExactly("/a", "/b");
            assertThat(bus.rescans).isEmpty();
            assertThat(log.of(Level.WARN)).singleElement().asString()
                    .contains("2 times so far", "queue for them was full");
        }
    }

    @Test
    void shouldRescanWhereAUeventIsTruncatedOrCannotBeRead() throws Exception {
        start(scripted);

        scripted.receive(new Datagram("add@/a\0".getBytes(StandardCharsets.UTF_8), true, 0, 0, 0));
        awaitRescan();
        scripted.receive(fromKernel("what\0"));
        awaitRescan();

        assertThat(bus.uevents).isEmpty();
    }

    @Test
    void shouldOpenTheSocketAgainAfterAnErrorAndRescan() throws Exception {
        start(scripted);
        scripted.openFailures.add(error(Errno.EMFILE));
        try (LogLines log = new LogLines()) {
            scripted.receive(error(Errno.EIO), fromKernel("add@/later\0"));
            awaitRescan();

            assertThat(scripted.opened).hasValue(2);
            assertThat(scripted.closed).hasValue(1);
            assertThat(nextUevent().devpath()).isEqualTo("/later");
            assertThat(log.of(Level.ERROR)).containsExactly(
                    "the uevent socket failed and is opened again in 100 ms",
                    "the uevent socket failed and is opened again in 200 ms");
        }
    }

    @Test
    void shouldEndWhileTheSocketIsToBeOpenedAgain() throws Exception {
        Lease lease = start(scripted);
        try (LogLines log = new LogLines()) {
            scripted.receive(error(Errno.EIO));
            Waiting.until("it has failed", () -> !log.of(Level.ERROR).isEmpty());
        }
        lease.close();
        assertThat(Waiting.isAlive("uevent-monitor")).isFalse();
    }
}
