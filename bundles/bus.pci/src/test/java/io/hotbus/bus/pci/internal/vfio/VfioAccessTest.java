// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class VfioAccessTest {
    private static final int INTX = 0;
    private static final int MSI = 1;
    private static final int MSI_X = 2;
    private static final int ERR = 3;
    private static final int REQ = 4;

    private VfioTestMachine machine;
    private VfioFakeKernel kernel;
    private PciAccess access;

    @BeforeEach
    void aFunction(@TempDir Path root) throws IOException, DeviceException {
        machine = new VfioTestMachine(root);
        kernel = machine.kernel;
        kernel.config.putInt(0, 0x10d3_8086).putShort(4, (short) 0x0002);
        open();
    }

    private void open() throws IOException, DeviceException {
        access = machine.groups.open(machine.add("0000:01:00.0", 7, "vfio-pci"), machine);
    }

    @AfterEach
    void nothingIsLeft() {
        access.close();
        assertThat(kernel.open()).isEmpty();
        assertThat(kernel.misuses).isEmpty();
        assertThat(machine.interrupts.watched()).isZero();
    }

    // ---- configuration space and BARs ----

    @Test
    void shouldReadAndWriteConfigurationSpace() throws Exception {
        assertThat(access.readConfig(0, 4)).isEqualTo(0x10d3_8086);
        assertThat(access.readConfig(0, 2)).isEqualTo(0x8086);
        assertThat(access.readConfig(0, 1)).isEqualTo(0x86);
        kernel.config.putInt(0x10, -1);
        assertThat(access.readConfig(0x10, 2)).isEqualTo(0xffff);
        assertThat(access.readConfig(0x10, 4)).isEqualTo(-1);

        access.writeConfig(4, 2, 0x0006);
        assertThat(kernel.config.getShort(4)).isEqualTo((short) 6);
        assertThat(kernel.config.getShort(6)).isZero();
        access.writeConfig(0xff, 1, 0x1ab);
        assertThat(kernel.config.get(0xff)).isEqualTo((byte) 0xab);
    }

    @Test
    void shouldNotReadOutsideConfigurationSpace() {
        for (int offset : new int[] {-4, 254, 256, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> access.readConfig(offset, 4))
                    .isInstanceOf(LinuxException.class).hasMessageContaining("not in its 256");
            assertThatThrownBy(() -> access.writeConfig(offset, 4, 0))
                    .isInstanceOf(LinuxException.class);
        }
        assertThatThrownBy(() -> access.writeConfig(0, 3, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhereABarIsToBeMapped() throws Exception {
        kernel.regions.put(2, region(80, 7 | 8, 0x4000).putInt(12, 32).putShort(32, (short) 3));
        PciAccess.Region region = access.region(new Bar(2, 0xfe00_0000L, 0x4000, true, false));
        assertThat(region.offset()).isEqualTo(2L << 40);
        assertThat(region.fd()).isPositive();
    }

    @Test
    void shouldSayWhyABarCannotBeMapped() {
        kernel.regions.put(2, region(32, 3, 0x20));
        assertThatThrownBy(() -> access.region(new Bar(2, 0xc000, 0x20, false, false)))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("0000:01:00.0 BAR2: vfio does not let it be mapped");
        assertThatThrownBy(() -> access.region(new Bar(5, 0xc000, 0x20, false, false)))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("0000:01:00.0 BAR5: ioctl(VFIO_DEVICE_GET_REGION_INFO");
    }

    private static ByteBuffer region(int bytes, int flags, long size) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder()).putInt(0, bytes)
                .putInt(4, flags).putLong(16, size).putLong(24, 2L << 40);
    }

    // ---- removal ----

    @Test
    void shouldTellEachTimeTheFunctionIsAskedForUntilItIsClosed() {
        kernel.signalIndex(REQ);
        machine.interrupts.turn();
        machine.interrupts.turn();
        assertThat(machine.removals).containsExactly(RemovalCause.VFIO_REQUEST);
        kernel.signalIndex(REQ);
        machine.interrupts.turn();
        assertThat(machine.removals).hasSize(2);
    }

    /** AER: the function stays, though it may have been reset. */
    @Test
    void shouldNotTakeAnErrorForARemoval() {
        kernel.signalIndex(ERR);
        machine.interrupts.turn();
        assertThat(machine.failed).isEqualTo(1);
        assertThat(machine.removals).isEmpty();
    }

    @Test
    void shouldOpenAFunctionThatHasNoErrors() throws Exception {
        access.close();
        kernel.irqs.remove(ERR);
        access = machine.groups.open(machine.addWithoutGroup("0000:01:00.0"), machine);
        assertThat(kernel.triggers).containsOnlyKeys(REQ);
    }

    @Test
    void shouldOpenAFunctionThatCannotBeAskedFor() throws Exception {
        access.close();
        kernel.irqs.remove(REQ);
        access = machine.groups.open(machine.addWithoutGroup("0000:01:00.0"), machine);
        assertThat(kernel.triggers).containsOnlyKeys(ERR);
    }

    @Test
    void shouldBeClosedByTheOneThatIsToldOfTheRequest() throws Exception {
        machine.whenTold = access::close;
        access.enableInterrupt();
        kernel.signalIndex(REQ);
        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();
        assertThat(kernel.open()).isEmpty();
    }

    // ---- interrupts ----

    @Test
    void shouldPreferMsix() throws Exception {
        access.enableInterrupt();
        access.enableInterrupt();
        assertThat(kernel.triggers).containsOnlyKeys(REQ, ERR, MSI_X);
        assertThat(kernel.calls).containsOnlyOnce("TRIGGER 2");

        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();
        access.rearmInterrupt();
        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();

        assertThat(machine.interrupted).isEqualTo(2);
        assertThat(kernel.calls).noneMatch(call -> call.startsWith("UNMASK"));
        access.disableInterrupt();
        access.disableInterrupt();
        assertThat(kernel.calls).containsOnlyOnce("DISABLE 2");
        assertThat(machine.interrupts.watched()).isEqualTo(2);
    }

    @Test
    void shouldTakeMsiWhereMsixCannotBeHad() throws Exception {
        kernel.irqErrno.put(MSI_X, 28);
        access.enableInterrupt();
        assertThat(kernel.triggers).containsOnlyKeys(REQ, ERR, MSI);
    }

    @Test
    void shouldUnmaskIntxWhenItIsRearmed() throws Exception {
        kernel.irqs.put(MSI, 0);
        kernel.irqs.put(MSI_X, 0);
        access.enableInterrupt();
        machine.whenTold = access::rearmInterrupt;
        kernel.signalIndex(INTX);
        machine.interrupts.turn();
        assertThat(kernel.calls).endsWith("TRIGGER 0", "UNMASK 0");
        access.disableInterrupt();
        access.rearmInterrupt();
        assertThat(kernel.calls).endsWith("UNMASK 0", "DISABLE 0");
    }

    @Test
    void shouldInterruptAgainAfterItWasDisabled() throws Exception {
        access.enableInterrupt();
        access.disableInterrupt();
        access.enableInterrupt();
        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();
        assertThat(machine.interrupted).isEqualTo(1);
    }

    /** A reset after an error of the bus turns MSI-X off, and the kernel does not turn it on. */
    @Test
    void shouldInterruptAgainAfterAReset() throws Exception {
        access.renewInterrupt();
        assertThat(kernel.triggers).as("none was enabled").containsOnlyKeys(REQ, ERR);
        access.enableInterrupt();
        access.renewInterrupt();
        assertThat(kernel.calls).endsWith("TRIGGER 2", "DISABLE 2", "TRIGGER 2");
        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();
        assertThat(machine.interrupted).isEqualTo(1);
    }

    @Test
    void shouldSayThatThereIsNoInterrupt() {
        kernel.irqs.put(INTX, 0);
        kernel.irqs.put(MSI, 0);
        kernel.irqErrno.put(MSI_X, Errno.EBUSY);
        assertThatThrownBy(() -> access.enableInterrupt()).isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("0000:01:00.0: no interrupt", "MSI-X: ", "poll it");
        assertThat(machine.interrupts.watched()).isEqualTo(2);
    }

    @Test
    void shouldNotEnableAnInterruptThatComesTooLate() throws Exception {
        kernel.nodes.put("/0000:02:00.0", 0);
        VfioDevice device = new VfioDevice(kernel.linux(), PciAddress.parse("02:00.0").get(),
                kernel.linux().open("/0000:02:00.0", true));
        VfioIrqs irqs = new VfioIrqs(kernel.linux(), machine.interrupts, device);
        irqs.close();

        assertThatThrownBy(() -> irqs.enable(() -> { })).isInstanceOf(DeviceException.class)
                .hasMessage("0000:02:00.0: is closed");
        assertThat(machine.interrupts.watched()).isEqualTo(2);
        device.close();
    }

    @Test
    void shouldDisableItsInterruptInsideIt() throws Exception {
        access.enableInterrupt();
        machine.whenTold = access::disableInterrupt;
        kernel.signalIndex(MSI_X);
        machine.interrupts.turn();
        assertThat(kernel.triggers).containsOnlyKeys(REQ, ERR);
    }

    @Test
    void shouldKeepItsEventfdWhileItsInterruptIsHandled() throws Exception {
        access.enableInterrupt();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        machine.whenTold = () -> {
            inside.countDown();
            await(goOn);
        };
        kernel.signalIndex(MSI_X);
        CompletableFuture<Void> handling =
                CompletableFuture.runAsync(machine.interrupts::turn);
        await(inside);
        Thread disabling = new Thread(access::disableInterrupt);
        disabling.start();
        awaitWaiting(disabling);
        assertThat(kernel.open()).filteredOn("eventfd"::equals).hasSize(3);

        goOn.countDown();
        handling.get(120, TimeUnit.SECONDS);
        disabling.join(120_000);
        assertThat(kernel.open()).filteredOn("eventfd"::equals).hasSize(2);
    }

    // ---- close ----

    @Test
    void shouldLetGoInOrder() throws Exception {
        access.enableInterrupt();
        kernel.calls.clear();
        access.close();
        assertThat(kernel.calls).containsExactly(
                "DISABLE 2", "close 0000:01:00.0", "close 7", "close vfio");
    }

    @Test
    void shouldFailOrDoNothingOnceClosed() {
        access.close();
        access.close();
        assertThatThrownBy(() -> access.readConfig(0, 4)).isInstanceOf(LinuxException.class)
                .hasMessageContainingAll("0000:01:00.0", "ENODEV (it is closed)");
        assertThatThrownBy(() -> access.writeConfig(0, 4, 0)).isInstanceOf(LinuxException.class);
        assertThatThrownBy(() -> access.enableInterrupt()).isInstanceOf(DeviceException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(() -> access.region(new Bar(0, 0, 4096, true, false)))
                .isInstanceOf(DeviceException.class);
        access.rearmInterrupt();
        access.disableInterrupt();
    }

    @Test
    void shouldWaitForACallThatIsInside() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        kernel.whenReading = () -> {
            inside.countDown();
            await(goOn);
        };
        CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> {
            try {
                return access.readConfig(0, 2);
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
        await(inside);
        Thread closing = new Thread(access::close);
        closing.start();
        awaitWaiting(closing);
        assertThat(kernel.open()).contains("0000:01:00.0");

        goOn.countDown();
        assertThat(reading.get(120, TimeUnit.SECONDS)).isEqualTo(0x8086);
        closing.join(120_000);
        assertThat(kernel.open()).isEmpty();
    }

    @Test
    void shouldFailAtOnceWhileTheKernelIsClosingIt() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        kernel.whenClosing = () -> {
            inside.countDown();
            await(goOn);
        };
        Thread closing = new Thread(access::close);
        closing.start();
        await(inside);

        assertThatThrownBy(() -> access.readConfig(0, 4)).isInstanceOf(LinuxException.class);
        access.rearmInterrupt();
        access.close();
        assertThat(closing.isAlive()).isTrue();

        goOn.countDown();
        closing.join(120_000);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
