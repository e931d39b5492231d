// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.internal.sysfs.FakeSysfs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.Mmio;
import io.hotbus.testkit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that reports of a removal, of any kind and order, give one REMOVE and a release. */
final class PciRemovalTest extends PciTests {
    private static final int ALL_ONES = -1;

    /** What may tell of a removal. */
    private enum Notice {
        SIGBUS(RemovalCause.SIGBUS), UIO_ERROR(RemovalCause.UIO_ERROR),
        UIO_REMOVE(RemovalCause.UEVENT_REMOVE), PCI_UNBIND(RemovalCause.UEVENT_UNBIND),
        PCI_REMOVE(RemovalCause.UEVENT_REMOVE), RESCAN(RemovalCause.RESCAN);

        final RemovalCause cause;

        Notice(RemovalCause cause) {
            this.cause = cause;
        }
    }

    /** A NIC that has just gone, without anyone having been told. */
    private final class Gone {
        final LivePciDevice device;
        final FakeUio.Node node;
        final Mmio bar;
        private final Map<Notice, Uevent> uevents = new EnumMap<>(Notice.class);
        private final Path home;

        Gone(LivePciDevice device) throws Exception {
            this.device = device;
            this.node = machine.node(device.name());
            this.bar = machine.bar(device);
            uevents.put(Notice.UIO_REMOVE, machine.uioUevent("remove", device.name()));
            uevents.put(Notice.PCI_UNBIND, machine.pciUevent("unbind", device.name()));
            uevents.put(Notice.PCI_REMOVE, machine.pciUevent("remove", device.name()));
            node.revoke();
            home = machine.sysfs.unplug(device.name());
        }

        /** The same is there again. */
        void undo() throws Exception {
            machine.sysfs.replug(device.name(), home);
            node.renew();
        }

        void tell(Notice notice) throws Exception {
            switch (notice) {
                case SIGBUS -> assertThat(bar.read32(8)).isEqualTo(ALL_ONES);
                case UIO_ERROR -> node.fail();
                case RESCAN -> machine.bus.rescan();
                default -> machine.bus.handleUevent(uevents.get(notice));
            }
        }
    }

    private static List<List<Notice>> orders(List<Notice> notices) {
        if (notices.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Notice>> orders = new ArrayList<>();
        for (Notice first : notices) {
            List<Notice> others = new ArrayList<>(notices);
            others.remove(first);
            for (List<Notice> rest : orders(others)) {
                List<Notice> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                orders.add(order);
            }
        }
        return orders;
    }

    @ParameterizedTest
    @EnumSource(Notice.class)
    void shouldReportARemovalOnceWhateverTheOrder(Notice first) throws Exception {
        List<Notice> others = new ArrayList<>(List.of(Notice.values()));
        others.remove(first);
        machine.plugIgbUio(NIC);
        for (List<Notice> rest : orders(others)) {
            Gone gone = new Gone(machine.attach(NIC));
            gone.tell(first);
            DeviceEvent event = machine.platform.await(DeviceEvent.Kind.REMOVE);
            assertThat(event.cause()).as("%s, then %s", first, rest).contains(first.cause);
            assertThat(event.device()).contains(gone.device);
            Await.until("let go of", () -> !gone.node.isOpen());
            for (Notice notice : rest) {
                gone.tell(notice);
            }

            assertThat(removals()).as("%s, then %s", first, rest).isEmpty();
            assertThat(gone.bar.read32(0)).isEqualTo(ALL_ONES);
            assertThat(gone.device.state()).isEqualTo(DeviceState.REMOVED);
            machine.bus.detach(gone.device);
            gone.undo();
        }
    }

    @Test
    void shouldKeepARemovedDeviceFromMemory() throws Exception {
        LivePciDevice device = plugAndAttach(NIC);
        Path home = machine.sysfs.home(NIC);
        assertThat(Machine.command(home) & BUS_MASTER).isEqualTo(BUS_MASTER);
        machine.bus.handleUevent(machine.pciUevent("unbind", NIC));

        assertThat(Machine.command(home) & BUS_MASTER).isZero();
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.setBusMaster(true))
                .withMessage(NIC + ": is gone, so it is not let reach memory");
        device.setBusMaster(false);
    }

    @Test
    void shouldCopeWithWhatADriverDoesAfterwards() throws Exception {
        machine.plugIgbUio(NIC);
        Lease[] lease = new Lease[1];
        machine.driver.onProbe = device -> lease[0] = device.onInterrupt(() -> { });
        LivePciDevice device = machine.attach(NIC);
        unplugAndTell(NIC);
        Await.until("let go of", () -> !machine.node(NIC).isOpen());

        lease[0].close();
        assertThat(device.mapBar(0).read32(0)).isEqualTo(ALL_ONES);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.readConfig(0, 4)).withMessageContaining("closed");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> device.onInterrupt(() -> { }));
        machine.bus.detach(device);
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    void shouldNoticeARemovalWhileItIsProbed() throws Exception {
        machine.plugIgbUio(NIC);
        machine.driver.onProbe = device -> unplugAndTell(NIC);

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> machine.attach(NIC))
                .withMessage(NIC + ": pulled out while being probed");
        assertThat(removals()).hasSize(1);
        Await.until("let go of", () -> !machine.node(NIC).isOpen());
        assertThat(machine.bus.devices()).isEmpty();
    }

    /** With vfio the kernel's close takes as long as a reset. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetTheNextAttachWaitForTheKernelInsteadOfTheDetach(boolean gone) throws Exception {
        LivePciDevice device = plugAndAttach(NIC);
        FakeUio.Node node = machine.node(NIC);
        CountDownLatch closable = new CountDownLatch(1);
        node.closable = closable;
        if (gone) {
            machine.bus.handleUevent(machine.pciUevent("unbind", NIC));
        }

        machine.bus.detach(device);
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(machine.bus.devices()).isEmpty();
        assertThat(node.isOpen()).isTrue();
        CompletableFuture<LivePciDevice> next = new CompletableFuture<>();
        Thread attach = new Thread(() -> {
            try {
                next.complete(machine.attach(NIC));
            } catch (DeviceException e) {
                next.completeExceptionally(e);
            }
        });
        attach.start();
        Await.until("waits", () -> attach.getState() == Thread.State.TIMED_WAITING);
        assertThat(node.isOpen()).isTrue();

        closable.countDown();
        assertThat(next.get(120, TimeUnit.SECONDS).state()).isEqualTo(DeviceState.PROBED);
    }

    /** They come late where the machine is busy: what they tell of is over. */
    @Test
    void shouldNotTakeUeventsOfAnEarlierStayForThisOne() throws Exception {
        Gone gone = new Gone(plugAndAttach(NIC));
        gone.tell(Notice.UIO_ERROR);
        machine.platform.await(DeviceEvent.Kind.REMOVE);
        machine.bus.detach(gone.device);
        LivePciDevice returned = plugAndAttach(NIC);
        gone.tell(Notice.UIO_REMOVE);
        gone.tell(Notice.PCI_UNBIND);
        gone.tell(Notice.PCI_REMOVE);
        machine.bus.rescan();

        assertThat(returned.state()).isEqualTo(DeviceState.PROBED);
        assertThat(removals()).isEmpty();
        unplugAndTell(NIC);
        assertThat(machine.platform.await(DeviceEvent.Kind.REMOVE).device()).contains(returned);
    }

    @Test
    void shouldRemoveFiftyAtOnce() throws Exception {
        machine.sysfs.plug("0000:00:1c.0");
        Uevent bridge = machine.pciUevent("remove", "0000:00:1c.0");
        List<LivePciDevice> devices = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String address = "0000:%02x:00.0".formatted(0x10 + i);
            machine.plugIgbUio(address, bridge.devpath());
            devices.add(machine.attach(address));
        }
        Uevent later = machine.pciUevent("remove", "0000:00:1c.0");
        List<Gone> gone = new ArrayList<>();
        for (LivePciDevice device : devices) {
            gone.add(new Gone(device));
        }
        List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(() -> machine.bus.handleUevent(later)));
        for (Notice notice : Notice.values()) {
            threads.add(new Thread(() -> gone.forEach(each -> {
                try {
                    each.tell(notice);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            })));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        for (Gone each : gone) {
            Await.until("let go of", () -> !each.node.isOpen());
            assertThat(each.bar.read32(0)).isEqualTo(ALL_ONES);
            machine.bus.detach(each.device);
        }
        List<Optional<Device>> removed = removals().stream().map(DeviceEvent::device)
                .filter(Optional::isPresent).toList();
        assertThat(removed).hasSize(50).doesNotHaveDuplicates();
        assertThat(machine.bus.devices()).isEmpty();
    }

    @Test
    void shouldUseItAtAnotherAddress() throws Exception {
        Gone gone = new Gone(plugAndAttach(NIC));
        gone.tell(Notice.PCI_REMOVE);
        machine.bus.detach(gone.device);
        machine.plugIgbUio("0000:08:00.0", FakeSysfs.HOST + "/0000:00:1d.0");
        machine.bus.handleUevent(machine.pciUevent("add", "0000:08:00.0"));
        machine.bus.handleUevent(machine.pciUevent("bind", "0000:08:00.0"));

        assertThat(machine.platform.eventsUntilNow())
                .extracting(event -> event.kind() + " " + event.name()).containsExactly(
                        "REMOVE " + NIC, "ADD 0000:08:00.0", "BIND 0000:08:00.0");
        assertThat(machine.attach("0000:08:00.0").state()).isEqualTo(DeviceState.PROBED);
    }
}
