// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RealWindows;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestInterrupts;
import io.hotbus.testkit.TestPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * The driver with real windows, SIGBUS handler and ports, the model in a slot, and the bus's part
 * played by the test.
 */
final class Rig implements AutoCloseable {
    static final String ADDRESS = "0000:01:00.0";
    static final int RING = 256;
    /** ms: the model is a thread, which may be kept waiting. */
    static final int RESET_LIMIT = 5000;

    final RealWindows windows = new RealWindows();
    final TestDma dma = new TestDma(TestDma.HUGEPAGE);
    private final TestPools pools = new TestPools(dma);
    final TestInterrupts interrupts = new TestInterrupts();
    final FakeVirtioNet chip = new FakeVirtioNet(dma);
    /** The removals that were reported, first or not. */
    final Queue<RemovalCause> reports = new ConcurrentLinkedQueue<>();
    final RecordingPorts ports = new RecordingPorts(new InlineControl());
    /** Names of the ports whose link was said to have changed. */
    final Queue<String> linkChanges = ports.linkChanges();
    /** Names of the ports that were said to have to be set up again. */
    final Queue<String> resets = ports.resets();
    final VirtioDriver driver;
    private final List<TestFunction> functions = new ArrayList<>();

    Rig() throws Exception {
        this(RESET_LIMIT);
    }

    /** {@code resetLimit} in ms, where the device is stuck. */
    Rig(int resetLimit) throws Exception {
        this(resetLimit, VirtioWatch.Patience.DEFAULT);
    }

    Rig(int resetLimit, VirtioWatch.Patience patience) throws Exception {
        driver = new VirtioDriver(dma, interrupts, this::reported, ports,
                new VirtioSettings(Map.of("reset.limit.ms", resetLimit)), patience, chip::settle);
    }

    /** What core and bus do between them. */
    private boolean reported(Device device, RemovalCause cause) {
        reports.add(cause);
        boolean first = device.markRemoved();
        if (first) {
            replaceWindows(device);
        }
        return first;
    }

    private void replaceWindows(Device device) {
        try {
            windows.mapper().replace(device.windows());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    TestFunction function(String devargs) throws DeviceException {
        TestFunction function = new TestFunction(
                Devargs.parse(devargs), chip, windows.mapper(), interrupts);
        functions.add(function);
        return function;
    }

    TestFunction function() throws DeviceException {
        return function(ADDRESS);
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

    void detachAll() throws Exception {
        for (TestFunction function : List.copyOf(functions)) {
            driver.remove(function);
            function.close();
            functions.remove(function);
        }
    }

    Mempool pool(int buffers) throws IOException {
        return pools.pool(buffers);
    }

    Mempool pool(int buffers, int dataRoom) throws IOException {
        return pools.pool(buffers, dataRoom);
    }

    int poolCount() {
        return pools.count();
    }

    /** Awaits {@code condition}; false after a generous time. */
    static boolean eventually(BooleanSupplier condition) {
        return Await.reached(condition);
    }

    /** Waits until the watch has looked another {@code times} times. */
    boolean looked(int times) {
        int now = interrupts.rounds();
        return eventually(() -> interrupts.rounds() >= now + times);
    }

    @Override
    public void close() throws Exception {
        detachAll();
        driver.deactivate();
        chip.close();
        interrupts.close();
        windows.close();
        pools.close();
    }
}
