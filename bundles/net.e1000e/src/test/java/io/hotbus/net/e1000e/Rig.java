// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The driver with real windows, SIGBUS handler and ports, the fake chip in a slot, and the bus's
 * part played by the test.
 */
final class Rig implements AutoCloseable {
    static final String ADDRESS = "0000:01:00.0";
    static final int RING = 256;
    /** ms: the fake chip is a thread, which may be kept waiting. */
    static final int RESET_LIMIT = 5000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    final LinuxCalls linux = new LinuxCalls();
    final NativeSigbusWindows windows;
    final TestDma dma = new TestDma();
    private final Mempools mempools = new Mempools(dma);
    final TestInterrupts interrupts = new TestInterrupts();
    final Fake82574 chip;
    /** The removals that were reported, first or not. */
    final Queue<RemovalCause> reports = new ConcurrentLinkedQueue<>();
    /** Names of the ports whose link was said to have changed. */
    final Queue<String> linkChanges = new ConcurrentLinkedQueue<>();
    /** Names of the ports that were said to have to be set up again. */
    final Queue<String> resets = new ConcurrentLinkedQueue<>();
    final PortRegistry ports;
    final HotUnplug hotUnplug = this::reported;
    final E1000eDriver driver;
    private final List<TestFunction> functions = new ArrayList<>();
    private final List<Mempool> pools = new ArrayList<>();

    Rig() throws Exception {
        this(RESET_LIMIT);
    }

    /** {@code resetLimit} in ms, where the chip is stuck. */
    Rig(int resetLimit) throws Exception {
        this(resetLimit, E1000eRecovery.Limits.DEFAULT);
    }

    /** With {@code limits} for what is noticed of a started chip. */
    Rig(E1000eRecovery.Limits limits) throws Exception {
        this(RESET_LIMIT, limits);
    }

    private Rig(int resetLimit, E1000eRecovery.Limits limits) throws Exception {
        windows = new NativeSigbusWindows(
                NativeLibrary.load(Path.of(System.getProperty("java.io.tmpdir"))));
        windows.enable();
        // The table is the process's: what earlier tests have left in it is theirs.
        windows.take();
        chip = new Fake82574(linux, dma);
        ports = new Listening(new EthPorts((owner, task) -> task.run()), linkChanges,
                resets);
        driver = new E1000eDriver(dma, interrupts, hotUnplug, ports,
                new E1000eSettings(Map.of("reset.limit.ms", resetLimit)), limits);
    }

    /** What core and bus do between them. */
    private boolean reported(Device device, RemovalCause cause) {
        reports.add(cause);
        boolean first = device.markRemoved();
        if (first) {
            ((TestFunction) device).replaceWindow();
        }
        return first;
    }

    TestFunction function(String devargs, Bar... bars) throws DeviceException {
        TestFunction function = new TestFunction(
                Devargs.parse(devargs), List.of(bars), chip, linux, windows, interrupts);
        functions.add(function);
        return function;
    }

    TestFunction function() throws DeviceException {
        return function(ADDRESS, TestFunction.BAR0);
    }

    TestFunction attach() throws DeviceException {
        TestFunction function = function();
        driver.probe(function);
        return function;
    }

    Port port() {
        return ports.port(ADDRESS).orElseThrow();
    }

    Port configure(Mempool pool, int descriptors) throws DeviceException {
        port().configure(new PortConfig(1, descriptors, descriptors, pool));
        return port();
    }

    /** Attaches, configures and starts. */
    Port start(Mempool pool) throws DeviceException {
        attach();
        Port port = configure(pool, RING);
        port.start();
        return port;
    }

    void detach(TestFunction function) throws Exception {
        driver.remove(function);
        function.close();
        functions.remove(function);
    }

    void detachAll() throws Exception {
        for (TestFunction function : List.copyOf(functions)) {
            detach(function);
        }
    }

    Mempool pool(int buffers) throws IOException {
        return pool(buffers, Mempool.DEFAULT_DATA_ROOM);
    }

    Mempool pool(int buffers, int dataRoom) throws IOException {
        Mempool pool = mempools.create("test", buffers, dataRoom);
        pools.add(pool);
        return pool;
    }

    int poolCount() {
        return pools.size();
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

    /** Waits until the watch has looked another {@code times} times. */
    boolean looked(int times) {
        int now = interrupts.rounds.get();
        return eventually(() -> interrupts.rounds.get() >= now + times);
    }

    @Override
    public void close() throws Exception {
        detachAll();
        driver.deactivate();
        chip.close();
        interrupts.close();
        windows.disable();
        pools.forEach(Mempool::close);
    }

    /** The registry, which also says what ports it was told of. */
    private record Listening(PortRegistry registry, Queue<String> linkChanges,
            Queue<String> resets) implements PortRegistry {
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
            resets.add(port.name());
            registry.resetNeeded(port);
        }
    }
}
