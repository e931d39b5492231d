// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.core.event.Control;
import io.hotbus.core.fault.WindowMapper;
import io.hotbus.core.mem.DmaMappers;
import io.hotbus.core.mem.HugepageAllocator;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.internal.EthPorts;
import io.hotbus.os.internal.LinuxCalls;
import io.hotbus.os.internal.NativeLibrary;
import io.hotbus.os.internal.NativeSigbusWindows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The driver with real memory, windows, SIGBUS handler and ports, and the bus's part played by the
 * test: nothing but the driver itself notices a removal.
 */
final class Rig implements AutoCloseable {
    static final int RING = 256;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** What the hardware side told the bus: {@code +net_sim0}, {@code -net_sim0}. */
    final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
    final LinuxCalls linux = new LinuxCalls();
    final NativeSigbusWindows windows;
    final WindowMapper mapper;
    private final CoreSettings settings = new CoreSettings();
    final Control control = new Control(settings);
    /** Names of the ports whose link has changed. */
    final BlockingQueue<String> linkChanges = new LinkedBlockingQueue<>();
    final EthPorts ports = new EthPorts(control);
    final SimHardware hardware;
    final SimDriver driver;
    private final HugepageAllocator allocator = new HugepageAllocator(
            linux, new DmaMappers(settings), settings);
    private final Mempools mempools = new Mempools(allocator);
    private final List<VdevDevice> attached = new ArrayList<>();
    private final List<Mempool> pools = new ArrayList<>();

    Rig() throws Exception {
        windows = new NativeSigbusWindows(
                NativeLibrary.load(Path.of(System.getProperty("java.io.tmpdir"))));
        windows.enable();
        // The table is the process's: what earlier tests have left in it is theirs.
        windows.take();
        mapper = new WindowMapper(linux, windows);
        hardware = new SimHardware(linux, () -> new VdevBus() {
            @Override
            public void plugged(String name) {
                notices.add("+" + name);
            }

            @Override
            public void unplugged(String name) {
                notices.add("-" + name);
            }
        });
        driver = new SimDriver(hardware, mapper, new Listening(ports, linkChanges));
    }

    VdevDevice attach(String devargs) throws DeviceException {
        VdevDevice device = new VdevDevice(Devargs.parse(devargs));
        driver.probe(device);
        attached.add(device);
        return device;
    }

    void detach(VdevDevice device) {
        driver.remove(device);
        attached.remove(device);
    }

    Mempool pool(int buffers) throws IOException {
        return pool(buffers, Mempool.DEFAULT_DATA_ROOM);
    }

    Mempool pool(int buffers, int dataRoom) throws IOException {
        Mempool pool = mempools.create("test", buffers, dataRoom);
        pools.add(pool);
        return pool;
    }

    Port port(String name) {
        return ports.port(name).orElseThrow();
    }

    /** Attaches, configures and starts; as many queues as {@code devargs} ask for. */
    Port start(String devargs, Mempool pool) throws DeviceException {
        VdevDevice device = attach(devargs);
        Port port = port(device.name());
        port.configure(new PortConfig(port.info().rx().maxQueues(), RING, RING, pool));
        port.start();
        return port;
    }

    /** Awaits {@code condition} without sleeping through it; false after a generous time. */
    static boolean eventually(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    String notice() throws InterruptedException {
        return notices.poll(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() throws IOException {
        new ArrayList<>(attached).forEach(this::detach);
        driver.deactivate();
        hardware.deactivate();
        control.close();
        mapper.close();
        windows.disable();
        pools.forEach(Mempool::close);
    }

    /** The registry, which also says whose link has changed. */
    private record Listening(PortRegistry registry, Collection<String> linkChanges)
            implements PortRegistry {
        @Override
        public List<Port> ports() {
            return registry.ports();
        }

        @Override
        public Optional<Port> port(int id) {
            return registry.port(id);
        }

        @Override
        public Optional<Port> port(String name) {
            return registry.port(name);
        }

        @Override
        public Port add(Device device, EthDev dev) {
            return registry.add(device, dev);
        }

        @Override
        public void remove(Port port) {
            registry.remove(port);
        }

        @Override
        public void linkChanged(Port port) {
            linkChanges.add(port.name());
            registry.linkChanged(port);
        }

        @Override
        public void resetNeeded(Port port) {
            registry.resetNeeded(port);
        }
    }
}
