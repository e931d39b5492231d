// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.testkit.NicModel.Vanished;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NicModelTest {
    private static final int ONES = -1;

    private final TestDma dma = new TestDma(TestDma.ORDINARY_PAGE);
    private final DmaMemory memory = dma.allocate("numbers", TestDma.ORDINARY_PAGE, -1);
    private Device device;
    private RealWindows windows;
    private DoublerModel chip;
    private Mmio registers;

    @BeforeEach
    void plug() throws Exception {
        device = new Device("test", Devargs.parse("doubler0")) { };
        windows = new RealWindows();
        chip = new DoublerModel(dma);
        registers = windows.mapper().map(device.windows(), new MmioMapper.Source(
                "BAR0", chip.fd(0), 0, chip.length(0), Fill.ONES));
    }

    @AfterEach
    void unplug() throws Exception {
        windows.mapper().releaseAll(device.windows());
        chip.close();
        windows.close();
        memory.close();
        assertThat(Resources.now("doubler", "doubler")).isEqualTo(new Resources(0, 0, 0));
    }

    private void order(long iova) {
        registers.write32(DoublerModel.ADDRESS, (int) iova);
        registers.write32(DoublerModel.ADDRESS + 4, (int) (iova >> 32));
        registers.write32(DoublerModel.CONTROL, 1);
    }

    private void awaitDone() {
        Await.until("the chip is ready",
                () -> registers.read32(DoublerModel.CONTROL) == DoublerModel.READY);
    }

    @Test
    void shouldTakeWhatWasWrittenToOneRegister() {
        for (long register : new long[] {16, 20}) {
            chip.set(16, 7);
            chip.set(20, ONES);
            assertThat(chip.take(register)).isEqualTo(register == 16 ? 7 : ONES);
            assertThat(chip.take(register)).isZero();
            assertThat(chip.get(36 - register)).isEqualTo(register == 16 ? ONES : 7);
        }
    }

    @Test
    void shouldWorkOnTheMemoryOfTheDriver() {
        RawMemory.putInt(memory.address(), 21);
        order(memory.iova(memory.address()));
        awaitDone();

        assertThat(RawMemory.getIntVolatile(memory.address())).isEqualTo(42);
        assertThat(chip.violations()).isEmpty();
    }

    @Test
    void shouldReportAnAddressThatIsNotTheDrivers() {
        order(memory.address());
        awaitDone();

        assertThat(chip.violations()).singleElement().asString().startsWith("number at 0x");
    }

    @Test
    void shouldRaiseARealSigbusThatTheWindowsRepair() throws Exception {
        chip.yank();

        assertThat(registers.read32(DoublerModel.CONTROL)).isEqualTo(ONES);
        assertThat(windows.faults()).singleElement()
                .satisfies(fault -> assertThat(fault.address()).isEqualTo(registers.address()));
    }

    @Test
    void shouldBeAsAfterAResetWhenItComesBack() throws Exception {
        chip.set(1, 16, 7);
        chip.yank();
        chip.comeBack();

        assertThat(registers.read32(DoublerModel.CONTROL)).isEqualTo(DoublerModel.READY);
        assertThat(chip.get(1, 16)).isZero();
        assertThat(windows.faults()).isEmpty();
        shouldWorkOnTheMemoryOfTheDriver();
    }

    @ParameterizedTest
    @EnumSource
    void shouldVanishWithoutAFault(Vanished as) {
        chip.vanish(as);
        order(memory.iova(memory.address()));

        assertThat(registers.read32(64)).isEqualTo(as == Vanished.ALL_ONES ? ONES : 0);
        assertThat(registers.read32(DoublerModel.CONTROL)).as("not done").isEqualTo(1);
        assertThat(windows.faults()).isEmpty();
    }

    /** What a step reads after the check of the bits has passed. */
    @Test
    void shouldNotActOnWhatMakesItVanish() {
        chip.vanishOn(16, 4, Vanished.ALL_ONES);
        synchronized (chip) { // no step in between
            chip.set(16, 6);
            assertThat(chip.get(16)).isEqualTo(2);
            assertThat(chip.get(1, 16)).isZero();
        }
        Await.until("it has vanished", () -> chip.get(20) == ONES);
    }

    @ParameterizedTest
    @EnumSource
    void shouldVanishInTheMiddleOfWhatTheDriverDoes(Vanished as) {
        AtomicInteger vanished = new AtomicInteger();
        chip.onVanish(vanished::incrementAndGet);
        chip.vanishOn(DoublerModel.CONTROL, 1, as);
        RawMemory.putInt(memory.address(), 21);

        order(memory.iova(memory.address()));
        Await.until("it has vanished", () -> vanished.get() == 1);

        assertThat(RawMemory.getIntVolatile(memory.address())).isEqualTo(21);
    }
}
