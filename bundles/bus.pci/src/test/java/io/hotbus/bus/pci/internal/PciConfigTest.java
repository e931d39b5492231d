// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.internal.sysfs.FakeSysfs;
import io.hotbus.eal.hotplug.RemovalCause;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else writes to the configuration space of a device that is attached. */
@Timeout(300)
final class PciConfigTest {
    private static final String NIC = "0000:03:00.0";
    private static final int COMMAND = 0x04;
    private static final int BAR0 = 0x10;
    private static final int PMCSR = FakeSysfs.PM + 4;
    private static final int MEMORY = 2;
    private static final int MASTER = 4;

    @TempDir
    Path temp;
    private Machine machine;
    private LivePciDevice device;

    @BeforeEach
    void open() throws Exception {
        machine = new Machine(temp);
        machine.plugIgbUio(NIC);
    }

    @AfterEach
    void close() throws Exception {
        machine.close();
    }

    private void write(int offset, int... bytes) throws Exception {
        try (RandomAccessFile config = new RandomAccessFile(
                machine.sysfs.home(NIC).resolve("config").toFile(), "rw")) {
            config.seek(offset);
            for (int each : bytes) {
                config.write(each);
            }
        }
    }

    private int command() {
        return Machine.command(machine.sysfs.home(NIC));
    }

    @Test
    void shouldFindAllAsItWasLeft() throws Exception {
        device = machine.attach(NIC);
        assertThat(device.restoreConfig()).isEmpty();

        device.setBusMaster(false);
        assertThat(device.restoreConfig()).as("the driver turned it off").isEmpty();
        write(COMMAND, MEMORY | MASTER);
        assertThat(device.restoreConfig()).isEmpty();
    }

    @Test
    void shouldSayThatBusMasteringWasTakenAwayUntilTheDriverTurnsItOn() throws Exception {
        device = machine.attach(NIC);
        write(COMMAND, MEMORY);

        assertThat(device.restoreConfig()).contains("bus mastering was off");
        assertThat(device.restoreConfig()).contains("bus mastering was off");
        assertThat(command() & MASTER).as("a device in an unknown state").isZero();
        device.setBusMaster(true);
        assertThat(device.restoreConfig()).isEmpty();
    }

    @Test
    void shouldTurnMemoryDecodingOnAgain() throws Exception {
        device = machine.attach(NIC);
        write(COMMAND, 0);

        assertThat(device.restoreConfig())
                .contains("memory decoding was off, bus mastering was off");
        assertThat(command()).isEqualTo(MEMORY);
    }

    @Test
    void shouldPutABarBack() throws Exception {
        device = machine.attach(NIC);
        int before = device.readConfig(BAR0, 4);
        write(BAR0, 0, 0, 0, 0);

        assertThat(device.restoreConfig()).contains("BAR0 was 0x0 instead of 0xfebc0000");
        assertThat(device.readConfig(BAR0, 4)).isEqualTo(before);
    }

    @Test
    void shouldWakeADeviceThatWasPutToSleep() throws Exception {
        device = machine.attach(NIC);
        write(PMCSR, 3);

        assertThat(device.restoreConfig()).contains("its power state was not D0");
        assertThat(device.readConfig(PMCSR, 2)).isZero();
        assertThat(device.restoreConfig()).isEmpty();
    }

    @Test
    void shouldPutBackWhatADeviceLostInItsSleep() throws Exception {
        device = machine.attach(NIC);
        write(PMCSR, 3);
        write(COMMAND, 0);
        write(BAR0, 0, 0, 0, 0);

        assertThat(device.restoreConfig()).contains("its power state was not D0, BAR0 was 0x0 "
                + "instead of 0xfebc0000, memory decoding was off, bus mastering was off");
        assertThat(command()).isEqualTo(MEMORY);
    }

    @Test
    void shouldWakeADeviceThatIsAttached() throws Exception {
        write(PMCSR, 3);
        device = machine.attach(NIC);

        assertThat(device.readConfig(PMCSR, 2)).isZero();
    }

    @Test
    void shouldWriteNothingWhereNobodyAnswers() throws Exception {
        device = machine.attach(NIC);
        write(0, new int[256]);
        write(COMMAND, 0xff, 0xff);

        assertThat(device.restoreConfig()).isEmpty();
        assertThat(device.readConfig(BAR0, 4)).isZero();
        machine.platform.hotUnplug().report(device, RemovalCause.ALL_ONES);
        assertThat(device.restoreConfig()).isEmpty();
    }
}
