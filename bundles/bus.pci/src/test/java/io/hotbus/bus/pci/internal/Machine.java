// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.BusServices;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.settings.PciSettings;
import io.hotbus.bus.pci.internal.sysfs.FakeSysfs;
import io.hotbus.bus.pci.internal.vfio.VfioGroups;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.io.Mmio;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPlatform;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A machine with a fake sysfs, the bus on it, a driver, and all else as it is. */
final class Machine implements AutoCloseable {
    static final int BAR_SIZE = FakeSysfs.BAR_SIZE;
    private static final int COMMAND = 4;
    /** ms: what goes unnoticed is not to be noticed by a look, other than where that is tested. */
    private static final int NEVER = 3_600_000;

    final FakeSysfs sysfs;
    final FakeUio uio;
    final TestPlatform platform;
    final Pci bus;
    final TestDriver driver = new TestDriver("net_test", PciId.of(0x8086, 0x10d3));
    private final Map<String, FakeUio.Node> nodes = new ConcurrentHashMap<>();

    /** Below {@code temp}, with nothing plugged in yet. */
    Machine(Path temp) throws Exception {
        this(temp, Set.of(), sysfs -> { });
    }

    /** What {@code before} plugs in is there when the bus starts. */
    Machine(Path temp, Set<PciAddress> blocked, Consumer<FakeSysfs> before) throws Exception {
        this(temp, blocked, before, NEVER);
    }

    /** Creates a machine that checks its devices every {@code reconcileMillis}. */
    Machine(Path temp, Set<PciAddress> blocked, Consumer<FakeSysfs> before, int reconcileMillis)
            throws Exception {
        sysfs = new FakeSysfs(temp);
        for (String name : Set.of("igb_uio", "uio_pci_generic", "e1000e")) {
            sysfs.driver(name);
        }
        before.accept(sysfs);
        Path dev = temp.resolve("dev");
        uio = new FakeUio(TestOs.linux(), sysfs, dev);
        platform = new TestPlatform(uio.linux);
        platform.configureLists(Map.of("block", blocked));
        bus = new Pci(new PciSettings(Map.of("sysfs", sysfs.root(), "dev", dev,
                "reconcile.period.ms", reconcileMillis)),
                services(), platform.interrupts(), uio.linux, new VfioGroups(
                        TestOs.linux(), platform.interrupts(), sysfs.root(), dev),
                platform.lists());
        platform.use(PciDevice.BUS, bus, bus);
        bus.addDriver(driver, Map.of());
    }

    private BusServices services() {
        return new BusServices(platform.hotUnplug(), platform.events(), platform.mapper(),
                platform.control());
    }

    /** Plugs in a NIC that igb_uio has. */
    FakeUio.Node plugIgbUio(String address) {
        return plugIgbUio(address, FakeSysfs.HOST);
    }

    FakeUio.Node plugIgbUio(String address, String parent) {
        sysfs.plug(address, parent);
        sysfs.bind(address, Optional.of("igb_uio"));
        FakeUio.Node node = uio.add(address);
        nodes.put(address, node);
        return node;
    }

    LivePciDevice attach(String devargs) throws DeviceException {
        return (LivePciDevice) bus.attach(Devargs.parse(devargs));
    }

    /** The window on BAR 0 that the driver has. */
    Mmio bar(LivePciDevice device) {
        return driver.bars.get(device);
    }

    /** A uevent of the function, as the kernel sends it now; it is not handed to the bus. */
    Uevent pciUevent(String action, String address) {
        return new Uevent(action, sysfs.devpath(address), "pci", sysfs.nextSequence(),
                Map.of("PCI_SLOT_NAME", address));
    }

    /** Likewise, of its UIO device. */
    Uevent uioUevent(String action, String address) {
        return new Uevent(action, sysfs.devpath(address) + "/uio/" + nodes.get(address).name,
                "uio", sysfs.nextSequence(), Map.of());
    }

    FakeUio.Node node(String address) {
        return nodes.get(address);
    }

    /** COMMAND, as it is in the file {@code config} in {@code home}. */
    static int command(Path home) {
        try (RandomAccessFile config = new RandomAccessFile(
                home.resolve("config").toFile(), "r")) {
            config.seek(COMMAND);
            return config.read() | config.read() << 8;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        bus.deactivate();
        platform.close();
        uio.close();
    }
}
