// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.internal.sysfs.FakeKernel;
import io.hotbus.bus.pci.internal.sysfs.FakeSysfs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.testkit.Await;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel tells of a function before that can be used. */
@Timeout(300)
final class PciArrivalTest {
    private static final String NIC = "0000:03:00.0";

    @TempDir
    Path temp;
    private Machine machine;
    /** The thread of {@link #attachLater}. */
    private Thread attaching;

    @BeforeEach
    void open() throws Exception {
        machine = new Machine(temp);
    }

    @AfterEach
    void close() throws Exception {
        machine.close();
    }

    private CompletableFuture<LivePciDevice> attachLater(String devargs) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return machine.attach(devargs);
            } catch (DeviceException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }, task -> {
            attaching = new Thread(task);
            attaching.start();
        });
    }

    private void announce() {
        machine.bus.handleUevent(new Uevent("add", FakeSysfs.HOST + "/" + NIC, "pci",
                machine.sysfs.nextSequence(), Map.of()));
    }

    @Test
    void shouldWaitForItsDirectory() throws Exception {
        announce();
        CompletableFuture<LivePciDevice> attached = attachLater(NIC + ",bind=none");
        Await.until("waiting",
                () -> attaching.getState() == Thread.State.TIMED_WAITING);
        assertThat(machine.bus.devices()).isEmpty();
        machine.sysfs.plug(NIC);

        assertThat(attached.get(120, TimeUnit.SECONDS).state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldWaitForItsBars() throws Exception {
        machine.sysfs.write(machine.sysfs.plug(NIC), "resource", FakeSysfs.resource(false));
        announce();
        CompletableFuture<LivePciDevice> attached = attachLater(NIC + ",bind=none");
        Await.until("the bus has found it", () -> !machine.bus.devices().isEmpty());
        machine.sysfs.write(machine.sysfs.home(NIC), "resource", FakeSysfs.resource(true));

        assertThat(attached.get(120, TimeUnit.SECONDS).function().bars()).hasSize(1);
    }

    /** That it has been there for long is what an attach assumes that was told of no arrival. */
    @Test
    void shouldNotWaitForWhatHasBeenThereForLong() {
        machine.sysfs.write(machine.sysfs.plug(NIC), "resource", FakeSysfs.resource(false));

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> machine.attach(NIC + ",bind=none"))
                .withMessageStartingWith(NIC + ": has no BAR0");
    }

    @Test
    void shouldWaitUntilItCanBeBound() throws Exception {
        machine.sysfs.plug(NIC);
        machine.uio.add(NIC);
        announce();
        try (FakeKernel kernel = new FakeKernel(machine.sysfs)) {
            kernel.bindable = false;
            CompletableFuture<LivePciDevice> attached = attachLater(NIC + ",bind=igb_uio");
            Await.until("the override is set",
                    () -> kernel.override(NIC).equals(Optional.of("igb_uio")));
            kernel.probe(NIC);
            assertThat(attached.get(120, TimeUnit.SECONDS).state())
                    .isEqualTo(DeviceState.PROBED);
        }
    }

    @Test
    void shouldNotWaitForItOnceItHasGone() throws Exception {
        machine.sysfs.plug(NIC);
        announce();
        try (FakeKernel kernel = new FakeKernel(machine.sysfs)) {
            kernel.bindable = false;
            CompletableFuture<LivePciDevice> attached = attachLater(NIC + ",bind=igb_uio");
            Await.until("the override is set",
                    () -> kernel.override(NIC).equals(Optional.of("igb_uio")));
            Uevent removed = machine.pciUevent("remove", NIC);
            machine.sysfs.unplug(NIC);
            machine.bus.handleUevent(removed);

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> attached.get(120, TimeUnit.SECONDS))
                    .havingCause().withMessageMatching(".*: (pulled out while being probed"
                            + "|went away while it was being bound)");
        }
        assertThat(machine.bus.devices()).isEmpty();
    }
}
