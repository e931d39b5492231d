// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.pci.AbstractNicDriver;
import io.hotbus.pmd.pci.NicServices;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver with real windows, SIGBUS handler and ports, the model of a NIC in a slot, and the bus's
 * part played by the test. The thread of the test.
 *
 * @param <C> the model
 */
@ConsumerType
public abstract class NicRig<C extends PciNicModel> implements AutoCloseable {
    /** The address of the slot. */
    public static final String ADDRESS = "0000:01:00.0";
    /** The descriptors of a queue, unless a test wants others. */
    public static final int RING = 256;
    /** Milliseconds that a reset may take. The model is a thread, which may be kept waiting. */
    public static final int RESET_LIMIT = 20_000;

    /**
     * Makes a model.
     *
     * @param <C> the model
     */
    @FunctionalInterface
    @ConsumerType
    public interface Chip<C> {
        /** Makes the model, which reaches {@code memory}. */
        C in(TestDma memory) throws LinuxException;
    }

    /**
     * Makes a driver.
     *
     * @param <C> the model
     */
    @FunctionalInterface
    @ConsumerType
    public interface Driver<C> {
        /** Makes the driver with its services, for {@code chip}. */
        AbstractNicDriver with(NicServices services, C chip);
    }

    /** The windows of the process. */
    public final RealWindows windows = new RealWindows();
    /** The memory that the driver gives to the device. */
    public final TestDma dma = new TestDma(TestDma.HUGEPAGE);
    /** The thread that checks the device. */
    public final TestInterrupts interrupts = new TestInterrupts();
    /** The model. */
    public final C chip;
    /** The removals that were reported, first or not. */
    public final Queue<RemovalCause> reports = new ConcurrentLinkedQueue<>();
    /** The ports. */
    public final RecordingPorts ports = new RecordingPorts(new InlineControl());
    /** The names of the ports whose link was said to have changed. */
    public final Queue<String> linkChanges = ports.linkChanges();
    /** The names of the ports that were said to have to be set up again. */
    public final Queue<String> resets = ports.resets();
    /** The driver. */
    public final AbstractNicDriver driver;
    private final TestPools pools = new TestPools(dma);
    private final List<TestFunction> functions = new ArrayList<>();

    /** Starts the model, and makes the driver. */
    protected NicRig(Chip<C> chip, Driver<C> driver) throws LinuxException {
        this.chip = chip.in(dma);
        this.driver = driver.with(
                new NicServices(dma, interrupts, this::reported, ports), this.chip);
    }

    /** Puts the model into the slot that {@code devargs} name. */
    protected abstract TestFunction insert(Devargs devargs);

    /** Does what core and bus do between them. */
    private boolean reported(Device device, RemovalCause cause) {
        reports.add(cause);
        boolean first = device.markRemoved();
        if (first) {
            replaceWindows(device);
            ports.onDeviceEvent(DeviceEvent.removed(device, cause, System.nanoTime()));
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

    /** The function that {@code devargs} name, which the driver does not have yet. */
    public final TestFunction function(String devargs) throws DeviceException {
        return added(insert(Devargs.parse(devargs)));
    }

    /** The function in the slot, which the driver does not have yet. */
    public final TestFunction function() throws DeviceException {
        return function(ADDRESS);
    }

    /** Notes a function, so that it is released at the end. */
    protected final TestFunction added(TestFunction function) {
        functions.add(function);
        return function;
    }

    /** Lets the driver probe the function. */
    public final TestFunction attach() throws DeviceException {
        TestFunction function = function();
        driver.probe(function);
        return function;
    }

    /** The port of the driver. */
    public final Port port() {
        return ports.port(ADDRESS).orElseThrow();
    }

    /** Configures one pair of queues. */
    public final Port configure(Mempool pool, int descriptors) throws DeviceException {
        port().configure(new PortConfig(1, descriptors, descriptors, pool));
        return port();
    }

    /** Attaches, configures and starts. */
    public final Port start(Mempool pool) throws DeviceException {
        return start(new PortConfig(1, RING, RING, pool));
    }

    /** Attaches, configures and starts. */
    public final Port start(PortConfig config) throws DeviceException {
        attach();
        port().configure(config);
        port().start();
        return port();
    }

    /** Lets the driver release a function, and releases its windows. */
    public final void detach(TestFunction function) {
        driver.remove(function);
        function.close();
        functions.remove(function);
    }

    /** Detaches all functions. */
    public final void detachAll() {
        List.copyOf(functions).forEach(this::detach);
    }

    /** Creates a pool of buffers of the default size. */
    public final Mempool pool(int buffers) throws IOException {
        return pools.pool(buffers);
    }

    /** Creates a pool of buffers with room for {@code dataRoom} bytes each. */
    public final Mempool pool(int buffers, int dataRoom) throws IOException {
        return pools.pool(buffers, dataRoom);
    }

    /** The number of pools. */
    public final int poolCount() {
        return pools.count();
    }

    /** Awaits {@code condition}; false after a generous time. */
    public static boolean eventually(BooleanSupplier condition) {
        return Await.reached(condition);
    }

    /** Awaits a packet of a queue, which is then the caller's. */
    public static long receiveOne(Port port, int queue, Mempool pool) {
        long[] one = new long[1];
        if (!eventually(() ->
                port.rxQueue(queue).burst(pool.mempools().uncached(), one, 1) == 1)) {
            throw new AssertionError(port.name() + ": no packet; " + port.stats());
        }
        return one[0];
    }

    /** Waits until the device was checked another {@code times} times. */
    public final boolean looked(int times) {
        int now = interrupts.rounds();
        return eventually(() -> interrupts.rounds() >= now + times);
    }

    /** Detaches all functions, and ends the driver, the model and the windows. Once. */
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
