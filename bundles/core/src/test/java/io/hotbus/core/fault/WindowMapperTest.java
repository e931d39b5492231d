// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.testing.TestOs.LINUX;
import static io.hotbus.core.testing.TestOs.TABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.core.testing.Calls;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestDevice;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class WindowMapperTest {
    private final WindowMapper mapper = new WindowMapper(LINUX, TABLE);

    @BeforeEach
    void enable() throws LinuxException {
        TABLE.enable();
    }

    @AfterEach
    void disable() throws LinuxException {
        mapper.close();
        TABLE.disable();
        TABLE.take();
    }

    private static boolean isMapped(Mmio window) throws IOException {
        String start = Long.toHexString(window.address()) + "-";
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .anyMatch(line -> line.startsWith(start));
    }

    @Test
    void shouldNameAndMapAWindowOfTheDevice() throws IOException {
        try (TestDevice device = new TestDevice("net_sim0", mapper, 2)) {
            Mmio bar1 = device.window(1);
            bar1.write32(4, 42);

            assertThat(device.windows().list()).extracting(Mmio::name)
                    .containsExactly("net_sim0 BAR0", "net_sim0 BAR1");
            assertThat(bar1.read32(4)).isEqualTo(42);
            assertThat(device.windows().find(bar1.address() + 100)).contains(bar1);
        }
    }

    @Test
    void shouldRepairTheFirstAccessOfAll() throws IOException {
        try (TestDevice device = new TestDevice("net_sim0", mapper, 1)) {
            device.pullOut();

            assertThat(device.window(0).read64(16)).isEqualTo(-1);
        }
    }

    @Test
    void shouldReadAsItsFillOnceReplaced() throws IOException {
        int fd = LINUX.memfd("ring", 4096);
        MmioWindows owner = new MmioWindows("net_sim0");
        Mmio ring = mapper.map(owner, new MmioMapper.Source("ring", fd, 0, 4096, Fill.ZEROS));
        ring.write32(0, 7);

        mapper.replace(owner);

        assertThat(ring.read32(0)).isZero();
        mapper.release(owner, ring);
        LINUX.close(fd);
    }

    @Test
    void shouldReleaseOnce() throws IOException {
        TestDevice device = new TestDevice("net_sim0", mapper, 1);
        Mmio window = device.window(0);
        assertThat(isMapped(window)).isTrue();

        device.close();

        assertThat(device.windows().list()).isEmpty();
        assertThat(isMapped(window)).isFalse();
        assertThatThrownBy(() -> window.read32(0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        try (LogLines log = new LogLines()) {
            mapper.release(device.windows(), window);
            mapper.replace(device.windows());
            assertThat(log.of(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void shouldKeepTheAddressesOfAWindowThatIsHeld() throws IOException {
        try (TestDevice device = new TestDevice("net_sim0", mapper, 1)) {
            Mmio window = device.window(0);
            device.pullOut();
            window.read32(0);
            WindowMapper.Claim claim =
                    mapper.claim(TABLE.take().get(0).window()).orElseThrow();

            assertThat(mapper.hold(claim)).isTrue();
            mapper.releaseAll(device.windows());

            assertThat(device.windows().list()).isEmpty();
            assertThat(isMapped(window)).isTrue();
            mapper.letGo();
            assertThat(isMapped(window)).isFalse();
            assertThat(mapper.hold(claim)).isFalse();
        }
    }

    @Test
    void shouldLeaveNothingMappedWhereAWindowCannotBeClaimed() throws IOException {
        int fd = LINUX.memfd("odd", 4096);
        MmioWindows owner = new MmioWindows("net_sim0");
        long before = mappingsOf("odd");

        // mmap takes an odd length, the table does not.
        assertThatThrownBy(() -> mapper.map(
                owner, new MmioMapper.Source("BAR0", fd, 0, 100, Fill.ONES)))
                .isInstanceOf(IOException.class).hasMessageContaining("net_sim0 BAR0")
                .hasMessageContaining("EINVAL");

        assertThat(owner.list()).isEmpty();
        assertThat(mappingsOf("odd")).isEqualTo(before).isZero();
        LINUX.close(fd);
    }

    private static long mappingsOf(String memfd) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("memfd:" + memfd)).count();
    }

    @Test
    void shouldNameTheWindowThatCannotBeMapped() {
        assertThatThrownBy(() -> mapper.map(new MmioWindows("net_sim0"),
                new MmioMapper.Source("BAR0", -1, 0, 4096, Fill.ONES)))
                .isInstanceOf(IOException.class).hasMessageContaining("net_sim0 BAR0")
                .hasMessageContaining("EBADF");
    }

    @Test
    void shouldReplaceTheOthersWhereOneFails() throws IOException {
        long[] broken = new long[1];
        SigbusWindows table = Calls.before(SigbusWindows.class, TABLE, "replace", arguments -> {
            if (broken[0] == 0) {
                broken[0] = (Long) arguments[0]; // the first one
            }
            if ((Long) arguments[0] == broken[0]) {
                throw new LinuxException("replace window", Errno.ENOMEM, "ENOMEM");
            }
        });
        WindowMapper failing = new WindowMapper(LINUX, table);
        try (TestDevice device = new TestDevice("net_sim0", failing, 3)) {
            assertThatThrownBy(() -> failing.replace(device.windows()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("net_sim0 BAR0").hasMessageContaining("ENOMEM");

            assertThat(device.window(0).read32(0)).isZero(); // the device's
            assertThat(device.window(1).read32(0)).isEqualTo(-1);
            assertThat(device.window(2).read32(0)).isEqualTo(-1);
        }
    }

    @Test
    void shouldKeepMappedWhatCannotBeWithdrawn() throws IOException {
        SigbusWindows table = Calls.before(SigbusWindows.class, TABLE, "withdraw", arguments -> {
            throw new LinuxException("withdraw window", Errno.ENOMEM, "ENOMEM");
        });
        WindowMapper failing = new WindowMapper(LINUX, table);
        TestDevice device = new TestDevice("net_sim0", failing, 1);
        Mmio window = device.window(0);

        device.close();

        assertThat(isMapped(window)).isTrue();
        assertThat(device.windows().list()).isEmpty();
    }

    @Test
    void shouldPutTheDeviceBackWhereTheFaultWasTransient() throws IOException {
        try (TestDevice device = new TestDevice("net_sim0", mapper, 2)) {
            device.pullOut();
            assertThat(device.window(0).read32(0)).isEqualTo(-1);

            device.putBack(); // window 1 was not replaced, so it is left as it is

            device.window(0).write32(0, 5);
            assertThat(device.window(0).read32(0)).isEqualTo(5);
            assertThat(device.window(1).read32(0)).isZero();
        }
    }

    @Test
    void shouldLeaveAWindowThatIsReleasedAsItIs() throws IOException {
        TestDevice device = new TestDevice("net_sim0", mapper, 1);
        Mmio window = device.window(0);
        mapper.replace(device.windows());
        device.close();

        int fd = LINUX.memfd("net_sim0", window.length());
        try {
            mapper.restore(window, fd, 0);
        } finally {
            LINUX.close(fd);
        }

        assertThat(isMapped(window)).isFalse();
    }

    @Test
    void shouldStayReplacedWhereItCannotBeRestored() throws IOException {
        try (TestDevice device = new TestDevice("net_sim0", mapper, 1)) {
            mapper.replace(device.windows());

            assertThatThrownBy(() -> mapper.restore(device.window(0), -1, 0))
                    .isInstanceOf(IOException.class).hasMessageContaining("net_sim0 BAR0")
                    .hasMessageContaining("EBADF");

            assertThat(device.window(0).read32(0)).isEqualTo(-1);
        }
    }

    @Test
    void shouldWithdrawButNotUnmapWhatIsLeftInTheEnd() throws IOException {
        TestDevice device = new TestDevice("net_sim0", mapper, 1);
        Mmio window = device.window(0);
        try (LogLines log = new LogLines()) {
            mapper.close();
            mapper.close();

            assertThat(log.of(Level.WARN)).singleElement().asString()
                    .startsWith("net_sim0 BAR0").contains("not released");
        }
        assertThat(isMapped(window)).isTrue();
        assertThat(window.read32(0)).isZero();
        LINUX.unmap(window.address(), window.length());
        device.close();
    }
}
