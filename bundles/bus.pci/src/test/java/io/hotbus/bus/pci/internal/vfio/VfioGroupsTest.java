// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.Errno;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
class VfioGroupsTest {
    private static final long VIRTUAL = 0x7f12_3400_0000L;
    private static final VfioTestMemory RING =
            VfioTestMemory.hugepages("ring", VIRTUAL, 0x4000_0000L, 0x4020_0000L);
    private static final VfioTestMemory POOL =
            VfioTestMemory.hugepages("pool", VIRTUAL + (1 << 30), 0x5000_0000L, 0x3000_0000L);
    private static final String MAP_RING = "MAP 0x7f1234000000 at 0x40000000 +0x400000";

    private VfioTestMachine machine;
    private VfioFakeKernel kernel;
    private VfioGroups groups;
    private PciFunction nic;

    @BeforeEach
    void aMachine(@TempDir Path root) throws IOException {
        machine = new VfioTestMachine(root);
        kernel = machine.kernel;
        groups = machine.groups;
        nic = machine.add("0000:01:00.0", 7, "vfio-pci");
    }

    @AfterEach
    void nothingIsLeft() {
        groups.deactivate();
        groups.deactivate();
        assertThat(kernel.open()).isEmpty();
        assertThat(kernel.misuses).isEmpty();
        assertThat(machine.interrupts.watched()).isZero();
    }

    @Test
    void shouldOpenAGroupWithItsFirstFunctionAndCloseItWithItsLast() throws Exception {
        PciFunction second = machine.add("0000:01:00.1", 7, "vfio-pci");

        PciAccess one = groups.open(nic, machine);
        assertThat(kernel.calls).startsWith(
                "open 7", "open vfio", "SET_CONTAINER", "SET_IOMMU 3", "GET_DEVICE_FD");
        PciAccess two = groups.open(second, machine);
        one.close();
        one.close();
        assertThat(kernel.open()).contains("0000:01:00.1", "7", "vfio");
        kernel.calls.clear();
        two.close();

        assertThat(kernel.calls).containsExactly("close 0000:01:00.1", "close 7", "close vfio");
    }

    @Test
    void shouldGiveEachGroupAContainerOfItsOwn() throws Exception {
        PciFunction other = machine.add("0000:02:00.0", 8, "vfio-pci");
        PciAccess one = groups.open(nic, machine);
        groups.open(other, machine);
        one.close();
        assertThat(kernel.open()).contains("8", "vfio").doesNotContain("7");
    }

    @Test
    void shouldMapAllMemoryThereIsAndWhatComesLater() throws Exception {
        groups.map(RING);
        assertThat(kernel.calls).isEmpty();

        groups.open(nic, machine);
        assertThat(kernel.calls).contains(MAP_RING);
        groups.map(POOL);

        assertThat(kernel.mapped).containsOnlyKeys(0x4000_0000L, 0x5000_0000L, 0x3000_0000L);
    }

    @Test
    void shouldMapNothingTwice() throws Exception {
        groups.map(RING);
        groups.open(nic, machine);
        groups.map(RING);
        assertThat(kernel.calls).containsOnlyOnce(MAP_RING);
    }

    @Test
    void shouldUnmapWhatIsFreed() throws Exception {
        PciAccess access = groups.open(nic, machine);
        groups.map(RING);
        groups.map(POOL);
        groups.unmap(POOL);
        groups.unmap(POOL);

        assertThat(kernel.mapped).containsOnlyKeys(0x4000_0000L);
        assertThat(kernel.calls).containsOnlyOnce("UNMAP 0x50000000", "UNMAP 0x30000000");
        access.requireReachable(RING);
        assertThatThrownBy(() -> access.requireReachable(POOL))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("0000:01:00.0").hasMessageContaining("pool is not mapped");
    }

    @Test
    void shouldNotMapInTheNextGroupWhatWasFreed() throws Exception {
        groups.map(RING);
        groups.unmap(RING);
        groups.open(nic, machine);
        assertThat(kernel.mapped).isEmpty();
    }

    @Test
    void shouldReachPartOfWhatIsMapped() throws Exception {
        groups.map(RING);
        PciAccess access = groups.open(nic, machine);
        access.requireReachable(VfioTestMemory.hugepages("part", RING.address()
                + VfioTestMemory.HUGEPAGE, 0x4020_0000L));
    }

    @Test
    void shouldUnmapMemoryThatIsFreedWhileTheKernelClosesTheFunction() throws Exception {
        groups.map(RING);
        PciAccess access = groups.open(nic, machine);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        kernel.whenClosing = () -> {
            inside.countDown();
            await(goOn);
        };
        CompletableFuture<Void> closing = CompletableFuture.runAsync(access::close);
        await(inside);

        groups.unmap(RING);
        assertThat(kernel.calls).endsWith("UNMAP 0x40000000");
        assertThat(kernel.mapped).isEmpty();

        goOn.countDown();
        closing.get(120, TimeUnit.SECONDS);
        assertThat(kernel.calls).endsWith("close 0000:01:00.0", "close 7", "close vfio");
    }

    @Test
    void shouldOpenAnotherFunctionWhileTheKernelClosesOne() throws Exception {
        PciAccess access = groups.open(nic, machine);
        PciFunction second = machine.add("0000:01:00.1", 7, "vfio-pci");
        PciFunction other = machine.add("0000:02:00.0", 8, "vfio-pci");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        kernel.whenClosing = () -> {
            inside.countDown();
            await(goOn);
        };
        CompletableFuture<Void> closing = CompletableFuture.runAsync(access::close);
        await(inside);

        groups.open(second, machine);
        groups.open(other, machine);
        goOn.countDown();
        closing.get(120, TimeUnit.SECONDS);

        assertThat(kernel.open()).contains("7", "8", "0000:01:00.1", "0000:02:00.0");
        assertThat(kernel.calls).doesNotContain("close 7");
    }

    @Test
    void shouldNameTheOthersOfAGroupThatIsNotViable() throws Exception {
        machine.add("0000:01:00.1", 7, "e1000e");
        machine.add("0000:01:00.2", 7, "vfio-pci");
        machine.add("0000:00:1c.0", 7, "pcieport");
        kernel.viable = false;

        assertThatThrownBy(() -> groups.open(nic, machine)).isInstanceOf(DeviceException.class)
                .hasMessage("0000:01:00.0: its IOMMU group 7 is not viable, as others in it do "
                        + "not belong to user space: 0000:01:00.1 (e1000e); bind them to "
                        + "vfio-pci, too");
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        assertFails(machine.addWithoutGroup("0000:03:00.0"), "is in no IOMMU group", "igb_uio");

        kernel.nodes.remove(machine.node("7"));
        assertFails(nic, "is it bound to vfio-pci?");
        kernel.nodes.put(machine.node("7"), Errno.EBUSY);
        assertFails(nic, "another process uses the group");
        kernel.nodes.put(machine.node("7"), Errno.EACCES);
        assertFails(nic, "may this user open it");
        kernel.nodes.put(machine.node("7"), 0);

        kernel.nodes.put(machine.node("vfio"), Errno.ENODEV);
        assertFails(nic, "is the module vfio loaded");
        kernel.nodes.put(machine.node("vfio"), 0);

        kernel.iommuErrno = Errno.EPERM;
        assertFails(nic, "allow_unsafe_interrupts");
        kernel.iommuErrno = 0;
        kernel.extensions.clear();
        assertFails(nic, "modprobe vfio_iommu_type1");
        kernel.extensions.add(1);
        kernel.deviceErrno = Errno.ENODEV;
        assertFails(nic, "still there?");
        kernel.deviceErrno = Errno.EACCES;
        assertFails(nic, "physical function");
        kernel.deviceErrno = 0;

        groups.open(nic, machine);
        assertThat(kernel.calls).contains("SET_IOMMU 1");
    }

    private void assertFails(PciFunction function, String... words) {
        assertThatThrownBy(() -> groups.open(function, machine))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining(function.address().toString())
                .hasMessageContainingAll(words);
        assertThat(kernel.open()).isEmpty();
    }

    @Test
    void shouldUndoWhatIsMappedOfMemoryOfWhichAPartCannotBe() throws Exception {
        groups.open(nic, machine);
        kernel.mapErrno.put(0x3000_0000L, Errno.ENOMEM);

        assertThatThrownBy(() -> groups.map(POOL)).isInstanceOf(IOException.class)
                .hasMessageContainingAll("pool", "0x30000000", "ulimit -l");

        assertThat(kernel.mapped).isEmpty();
        groups.unmap(POOL);
        assertThat(kernel.calls).containsOnlyOnce("UNMAP 0x50000000");
    }

    @Test
    void shouldUndoInEveryGroupWhatOneCannotMap() throws Exception {
        groups.open(nic, machine);
        groups.open(machine.add("0000:02:00.0", 8, "vfio-pci"), machine);
        // In the fake both groups share one space, so the second of them meets the first.
        assertThatThrownBy(() -> groups.map(RING)).isInstanceOf(IOException.class)
                .hasMessageContainingAll("ring", "something else is mapped there");
        assertThat(kernel.mapped).isEmpty();
    }

    @Test
    void shouldOpenNothingWhereMemoryCannotBeMapped() throws Exception {
        DmaMemory ordinary = VfioTestMemory.ordinary("pool of net_null0", VIRTUAL);
        groups.map(RING);
        groups.map(ordinary);

        assertFails(nic, "pool of net_null0: cannot be mapped for IOMMU group 7",
                "IOVA 0x7f1234000000", "translates [0x0-0x7fffffffff] alone",
                "sysctl vm.nr_hugepages; this takes 1 of 2 MiB");

        groups.unmap(ordinary);
        groups.open(nic, machine);
        assertThat(kernel.mapped).containsOnlyKeys(0x4000_0000L);
    }

    @Test
    void shouldMapOrdinaryPagesWhereTheIommuTranslatesTheirAddress() throws Exception {
        kernel.lastIova = (1L << 48) - 1;
        DmaMemory ordinary = VfioTestMemory.ordinary("heap", VIRTUAL);
        groups.map(ordinary);
        PciAccess access = groups.open(nic, machine);
        access.requireReachable(ordinary);
        assertThat(kernel.calls).contains("MAP 0x7f1234000000 at 0x7f1234000000 +0x4000");
    }

    @Test
    void shouldSayWhichLimitIsReached() throws Exception {
        groups.open(nic, machine);
        kernel.mapErrno.put(0x4000_0000L, 28);
        assertThatThrownBy(() -> groups.map(RING)).hasMessageContaining("dma_entry_limit");
        kernel.mapErrno.put(0x4000_0000L, Errno.EINVAL);
        assertThatThrownBy(() -> groups.map(RING)).hasMessageContaining("can translate");
    }

    @Test
    void shouldNotLetMemoryBeFreedThatTheKernelDoesNotUnmap() throws Exception {
        PciAccess access = groups.open(nic, machine);
        groups.map(RING);
        kernel.unmapErrno = Errno.EINVAL;

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> groups.unmap(RING)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("ring: cannot be unmapped for IOMMU group 7");
        }
        assertThatThrownBy(() -> access.requireReachable(RING))
                .isInstanceOf(DeviceException.class);
        kernel.unmapErrno = 0;
        groups.unmap(RING);
        assertThat(kernel.mapped).isEmpty();
    }

    @Test
    void shouldLetMemoryBeFreedWhenTheKernelHasTakenTheGroupOfARemovedDeviceOut()
            throws Exception {
        PciAccess access = groups.open(nic, machine);
        groups.map(RING);
        kernel.left = true;

        groups.unmap(RING);
        groups.map(RING);
        assertThatThrownBy(() -> access.requireReachable(RING))
                .isInstanceOf(DeviceException.class);
    }

    @Test
    void shouldMapNothingWithoutAnIommu() throws Exception {
        machine.withoutIommu(7);
        groups.map(RING);
        VfioTestMemory ordinary = VfioTestMemory.ordinary("heap", VIRTUAL);
        groups.map(ordinary);

        PciAccess access = groups.open(nic, machine);

        assertThat(kernel.calls).contains("open noiommu-7", "SET_IOMMU 8");
        assertThat(kernel.mapped).isEmpty();
        access.requireReachable(RING);
        assertThatThrownBy(() -> access.requireReachable(ordinary))
                .isInstanceOf(DeviceException.class)
                .hasMessageContainingAll("0000:01:00.0", "heap", "sysctl vm.nr_hugepages");
        groups.unmap(RING);
        assertThat(kernel.calls).noneMatch(call -> call.startsWith("UNMAP"));
    }

    @Test
    void shouldCloseWhatIsOpenWhenItIsDeactivated() throws Exception {
        groups.open(nic, machine);
        groups.deactivate();
        assertThat(kernel.open()).isEmpty();
        assertThatThrownBy(() -> groups.open(nic, machine)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("is being stopped");
    }

    @Test
    void shouldUndoAnOpeningThatFailsAtTheEnd() throws Exception {
        kernel.irqErrno.put(4, Errno.ENOMEM);
        assertFails(nic, "VFIO_DEVICE_SET_IRQS");
        assertThat(List.copyOf(kernel.calls))
                .endsWith("close 0000:01:00.0", "close 7", "close vfio");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
