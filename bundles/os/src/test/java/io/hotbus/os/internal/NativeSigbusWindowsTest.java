// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import io.hotbus.os.SigbusWindows.Fault;
import io.hotbus.os.SigbusWindows.State;
import io.hotbus.os.SigbusWindows.Status;
import io.hotbus.os.SigbusWindows.Totals;
import io.hotbus.os.SigbusWindows.Window;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NativeSigbusWindowsTest {
    private static final int ALL_ONES = -1;
    private static final int ALIVE = 0x1af41000;
    private static final long BAR = 1 << 16;

    private final Linux linux = new LinuxCalls();
    private final NativeSigbusWindows windows = new NativeSigbusWindows(TestLibrary.HOTBUS);
    private final List<MemfdDevice> devices = new ArrayList<>();

    @BeforeEach
    void enable() throws LinuxException {
        windows.enable();
        windows.take();
    }

    @AfterEach
    void closeDevices() throws LinuxException {
        for (MemfdDevice device : devices) {
            device.close();
        }
        windows.disable();
    }

    private MemfdDevice device(boolean zeros) throws LinuxException {
        final MemfdDevice device = new MemfdDevice(linux, windows, BAR, zeros);
        devices.add(device);
        device.write32(0, ALIVE);
        return device;
    }

    private MemfdDevice device() throws LinuxException {
        return device(false);
    }

    @Test
    void shouldReadAllOnesOnceTheDeviceIsGone() throws LinuxException {
        final MemfdDevice device = device();
        assertThat(device.read32(0)).isEqualTo(ALIVE);

        device.pullOut();

        assertThat(device.read32(0)).isEqualTo(ALL_ONES);
        assertThat(RawAccess.read8(device.address() + 5)).isEqualTo((byte) ALL_ONES);
        assertThat(RawAccess.read64(device.address() + BAR - Long.BYTES)).isEqualTo(ALL_ONES);
    }

    @Test
    void shouldReadZerosWhereThatIsWanted() throws LinuxException {
        final MemfdDevice device = device(true);

        device.pullOut();

        assertThat(device.read32(0)).isZero();
        assertThat(windows.window(device.window())).map(Window::zeros).contains(true);
    }

    @Test
    void shouldSurviveAStoreToADeviceThatIsGone() throws LinuxException {
        final MemfdDevice device = device();
        device.pullOut();

        assertThatNoException().isThrownBy(() -> device.write32(64, 1));

        assertThat(device.read32(0)).isEqualTo(ALL_ONES);
    }

    @Test
    void shouldRepairCompiledCode() throws Exception {
        final MemfdDevice device = device();
        final CountDownLatch compiled = new CountDownLatch(1);
        final CompletableFuture<Integer> poller = CompletableFuture.supplyAsync(() -> {
            int value;
            int polls = 0;
            do {
                value = device.read32(0);
                if (++polls == 500_000) {
                    compiled.countDown();
                }
            } while (value == ALIVE);
            return value;
        });
        compiled.await();

        device.pullOut();

        assertThat(poller.get()).isEqualTo(ALL_ONES);
        assertThat(windows.take()).hasSize(1);
    }

    @Test
    void shouldRecordTheFault() throws LinuxException {
        final MemfdDevice device = device();
        device.pullOut();

        final long before = System.nanoTime();
        device.read32(0x1234);
        final long after = System.nanoTime();

        assertThat(windows.take()).singleElement().satisfies(fault -> {
            assertThat(fault.window()).isEqualTo(device.window());
            assertThat(fault.address()).isEqualTo(device.address() + 0x1234);
            assertThat(fault.thread()).isEqualTo(linux.threadId());
            assertThat(fault.timeNanos()).isBetween(before, after);
            assertThat(fault.repairNanos()).isBetween(1L, after - before);
            assertThat(fault.count()).isEqualTo(1);
        });
        assertThat(windows.take()).isEmpty();
        assertThat(windows.window(device.window())).contains(
                new Window(device.address(), BAR, State.REPLACED, false, 1));
    }

    @Test
    void shouldWakeAPollOfTheEventfd() throws Exception {
        final MemfdDevice device = device();
        final int eventfd = windows.eventfd();
        assertThat(linux.poll(0, eventfd)).isZero();
        final CompletableFuture<Integer> dispatcher = CompletableFuture.supplyAsync(() -> {
            try {
                return linux.poll(-1, eventfd);
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });

        device.pullOut();
        device.read32(0);

        assertThat(dispatcher.get()).isEqualTo(1);
        assertThat(windows.take()).hasSize(1);
        assertThat(linux.poll(0, eventfd)).isZero();
    }

    @Test
    void shouldTakeAnyNumberOfFaultsInTheirOrder() throws LinuxException {
        final List<Long> pulled = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            final MemfdDevice device = device();
            device.pullOut();
            device.read32(0);
            pulled.add(device.window());
        }

        assertThat(windows.take()).extracting(Fault::window).isEqualTo(pulled);
    }

    @Test
    void shouldCountWindowsAndFaults() throws LinuxException {
        final Totals before = windows.totals();
        final MemfdDevice device = device();
        assertThat(windows.totals())
                .isEqualTo(new Totals(before.windows() + 1, before.faults()));

        device.pullOut();
        device.read32(0);
        device.withdraw();

        assertThat(windows.totals())
                .isEqualTo(new Totals(before.windows(), before.faults() + 1));
    }

    @Test
    void shouldReplaceAWindowWithoutAFault() throws LinuxException {
        final MemfdDevice device = device();

        windows.replace(device.window());
        windows.replace(device.window());

        assertThat(device.read32(0)).isEqualTo(ALL_ONES);
        assertThat(windows.take()).isEmpty();
        assertThat(windows.window(device.window())).contains(
                new Window(device.address(), BAR, State.REPLACED, false, 0));
    }

    @Test
    void shouldRestoreADeviceThatIsBack() throws LinuxException {
        final MemfdDevice device = device();
        device.pullOut();
        device.read32(0);

        device.plugIn();
        device.write32(0, ALIVE);

        assertThat(device.read32(0)).isEqualTo(ALIVE);
        assertThat(windows.window(device.window())).map(Window::state).contains(State.LIVE);

        device.pullOut();
        assertThat(device.read32(0)).isEqualTo(ALL_ONES);
        assertThat(windows.take()).extracting(Fault::count).containsExactly(1, 2);
    }

    @Test
    void shouldNotRestoreALiveWindow() throws LinuxException {
        final MemfdDevice device = device();

        assertThatExceptionOfType(LinuxException.class).isThrownBy(device::plugIn)
                .withMessage("restore window " + device.window()
                        + ": EBUSY (Device or resource busy): it is not replaced")
                .returns(Errno.EBUSY, LinuxException::errno);
    }

    @Test
    void shouldForgetAWithdrawnWindow() throws LinuxException {
        final MemfdDevice device = device();

        device.withdraw();

        assertThat(windows.window(device.window())).isEmpty();
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> windows.withdraw(device.window()))
                .withMessage("withdraw window " + device.window()
                        + ": ENOENT (No such file or directory)");
    }

    @Test
    void shouldSayWhyAWindowCannotBePublished() throws LinuxException {
        final MemfdDevice device = device();

        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> windows.publish(0x1001, linux.pageSize(), false))
                .withMessageContaining("window 0x1001+4096: EINVAL (Invalid argument): it must")
                .returns(Errno.EINVAL, LinuxException::errno);
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> windows.publish(
                        device.address() + linux.pageSize(), linux.pageSize(), false))
                .withMessageContaining("EEXIST (File exists): it overlaps a published window")
                .returns(Errno.EEXIST, LinuxException::errno);
    }

    @Test
    void shouldEnableAndDisableAnyNumberOfTimes() throws LinuxException {
        windows.enable();
        windows.enable();
        assertThat(windows.status()).isEqualTo(Status.ON);

        windows.disable();
        windows.disable();
        assertThat(windows.status()).isEqualTo(Status.OFF);
    }

    @Test
    void shouldGoOnWithWindowsPublishedBeforeTheHandlerWasOff() throws LinuxException {
        final MemfdDevice device = device();

        windows.deactivate();
        windows.deactivate();
        assertThat(windows.status()).isEqualTo(Status.OFF);
        windows.enable();
        device.pullOut();

        assertThat(device.read32(0)).isEqualTo(ALL_ONES);
    }

    @Test
    void shouldLeaveATruncatedFileToTheJvm(@TempDir Path directory) throws Exception {
        device();
        final Path file = directory.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, 0, 4096);
            channel.truncate(0);

            assertThat(thrownBy(() -> buffer.get(0))).isInstanceOf(InternalError.class);
        }
        assertThat(windows.take()).isEmpty();
    }

    @Test
    void shouldNotClaimAnAddressThatAWithdrawnWindowHad() throws Exception {
        final int file = linux.memfd("file", BAR);
        final long address = mapWhereAWindowWas(file);
        linux.truncate(file, 0);

        // The kernel's SIGBUS is the same; only the window is gone. So the JVM has to see it.
        assertThat(thrownBy(() -> RawAccess.read64(address))).isInstanceOf(InternalError.class);

        assertThat(windows.take()).isEmpty();
        linux.unmap(address, BAR);
        linux.close(file);
    }

    /** HotSpot throws its error late, some way after the access; hence a thread for it alone. */
    private static Throwable thrownBy(Runnable access) throws InterruptedException {
        final AtomicReference<Throwable> thrown = new AtomicReference<>();
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        final Thread thread = new Thread(() -> {
            access.run();
            while (System.nanoTime() < deadline) {
                Thread.yield();
            }
        });
        thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
        thread.start();
        thread.join();
        return thrown.get();
    }

    private long mapWhereAWindowWas(int file) throws LinuxException {
        while (true) {
            final MemfdDevice device = device();
            device.withdraw();
            final long address = linux.map("file", BAR, file, 0);
            if (address == device.address()) {
                return address;
            }
            // Another thread of the JVM took the address, or a larger gap suited the kernel better.
            linux.unmap(address, BAR);
        }
    }
}
