// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.os.Linux;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.RealWindows;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.Resources;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

    /** What the hardware side told the bus: {@code +net_sim0}, {@code -net_sim0}. */
    final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
    final Linux linux = TestOs.linux();
    final RealWindows windows = new RealWindows();
    private final SingleControl control = new SingleControl();
    final RecordingPorts ports = new RecordingPorts(control);
    /** Names of the ports whose link has changed. */
    final BlockingQueue<String> linkChanges = ports.linkChanges();
    final SimHardware hardware;
    final SimDriver driver;
    private final TestPools pools = TestPools.real();
    private final List<VdevDevice> attached = new ArrayList<>();

    Rig() throws Exception {
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
        driver = new SimDriver(hardware, windows.mapper(), ports);
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
        return pools.pool(buffers);
    }

    Mempool pool(int buffers, int dataRoom) throws IOException {
        return pools.pool(buffers, dataRoom);
    }

    Port port(String name) {
        return ports.port(name).orElseThrow();
    }

    /** Attaches, configures and starts; as many queues as {@code devargs} ask for. */
    Port start(String devargs, Mempool pool) throws DeviceException {
        return jumbo(devargs, pool, EthDevInfo.DEFAULT_MTU);
    }

    /** As {@link #start}, with another MTU. */
    Port jumbo(String devargs, Mempool pool, int mtu) throws DeviceException {
        VdevDevice device = attach(devargs);
        Port port = port(device.name());
        port.setMtu(mtu);
        port.configure(new PortConfig(port.info().rx().maxQueues(), RING, RING, pool));
        port.start();
        return port;
    }

    /** Awaits {@code condition}; false after a generous time. */
    static boolean eventually(BooleanSupplier condition) {
        return Await.reached(condition);
    }

    /** What the NICs of this process hold of it. */
    static Resources resources() {
        return Resources.now(SimDriver.NAME, "sim-");
    }

    String notice() throws InterruptedException {
        return notices.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        new ArrayList<>(attached).forEach(this::detach);
        driver.deactivate();
        hardware.deactivate();
        control.close();
        windows.close();
        pools.close();
    }
}
