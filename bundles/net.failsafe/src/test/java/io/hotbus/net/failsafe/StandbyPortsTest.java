// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.Standby;
import io.hotbus.testkit.RealDevices;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.Removals;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testkit.StubDev;
import io.hotbus.testkit.TestInterrupts;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class StandbyPortsTest {
    private static final MacAddress MAC = new MacAddress(0x0200_0000_0010L);
    private static final EthDevInfo PLAIN =
            new EthDevInfo("net_stub", MAC, new QueueLimits(4, 64, 1024));
    private static final EthDevInfo STANDBY = PLAIN.withStandby(new Standby(Optional.empty()));

    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);
    private final TestInterrupts interrupts = new TestInterrupts();
    private final TestPools pools = TestPools.real();
    private final RealDevices devices = new RealDevices(control);
    private final Slots slots = new Slots("stub", "net_stub");
    private final Slots virtual = new Slots(VdevDevice.BUS, FailsafeDriver.NAME);
    private FailsafeDriver driver;
    private StandbyPorts standbyPorts;

    /**
     * A bus of stubs, which are as the test has said, or of failsafe devices. As with a real bus, a
     * device is not seen half attached.
     */
    private final class Slots implements Bus {
        private final String name;
        private final String prefix;
        private final Map<String, EthDevInfo> facts = new ConcurrentSkipListMap<>();
        private final Map<String, Device> attached = new ConcurrentSkipListMap<>();
        private final Map<String, StubDev> stubs = new ConcurrentSkipListMap<>();

        Slots(String name, String prefix) {
            this.name = name;
            this.prefix = prefix;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean claims(Devargs devargs) {
            return devargs.name().startsWith(prefix);
        }

        @Override
        public synchronized List<Device> devices() {
            return List.copyOf(attached.values());
        }

        @Override
        public synchronized Device attach(Devargs devargs) throws DeviceException {
            Device device;
            if (attached.containsKey(devargs.name())) {
                throw new DeviceException(devargs.name() + ": is attached already");
            }
            if (name.equals(VdevDevice.BUS)) {
                VdevDevice failsafe = new VdevDevice(devargs);
                driver.probe(failsafe);
                device = failsafe;
            } else if (facts.containsKey(devargs.name())) {
                StubDev stub = StubDev.add(
                        ports, devargs.toString(), facts.get(devargs.name()));
                stubs.put(devargs.name(), stub);
                device = stub.port().device();
            } else {
                throw new DeviceException(devargs.name() + ": is not there");
            }
            device.transition(DeviceState.FOUND, DeviceState.PROBING);
            device.transition(DeviceState.PROBING, DeviceState.PROBED);
            attached.put(device.name(), device);
            return device;
        }

        @Override
        public synchronized void detach(Device device) {
            attached.remove(device.name());
            if (device instanceof VdevDevice failsafe) {
                driver.remove(failsafe);
            } else {
                ports.port(device.name()).ifPresent(ports::remove);
            }
            device.markDetached();
        }

        @Override
        public void rescan() {
        }
    }

    @BeforeEach
    void setUp() throws Exception {
        driver = new FailsafeDriver(devices.manager(), ports, new Removals(ports), control,
                interrupts, pools.pool(1024).mempools(), TestOs.linux());
        ports.addListener(driver);
        ports.addUser(driver);
        devices.add(slots);
        devices.add(virtual);
    }

    @AfterEach
    void tearDown() throws Exception {
        if (standbyPorts != null) {
            standbyPorts.deactivate();
        }
        for (Device device : devices.manager().devices()) {
            devices.manager().detach(device);
        }
        control.settle();
        assertThat(ports.ports()).isEmpty();
        driver.deactivate();
        interrupts.close();
        control.close();
        pools.close();
    }

    private void begin() {
        standbyPorts = new StandbyPorts(devices.manager(), ports);
        ports.addListener(standbyPorts);
    }

    private void plug(String devargs, EthDevInfo facts) throws Exception {
        Devargs parsed = Devargs.parse(devargs);
        slots.facts.put(parsed.name(), facts);
        devices.manager().attach(parsed);
        control.settle();
    }

    private Port port(String name) {
        return ports.port(name).orElseThrow();
    }

    private String devargs(String device) {
        return devices.manager().find(device).orElseThrow().devargs().toString();
    }

    @Test
    void shouldMakeAFailsafePortOfAStandbyAndThePortOfItsAddress() throws Exception {
        begin();
        plug("net_stub0,key=value", STANDBY);

        Port failsafe = port("net_failsafe1000");
        assertThat(failsafe.owner()).isEmpty();
        assertThat(failsafe.id()).isLessThan(PortRegistry.FIRST_CLAIMED);
        assertThat(failsafe.info().macAddress()).isEqualTo(MAC);
        assertThat(failsafe.info().standby()).isEmpty();
        assertThat(port("net_stub0").owner()).contains("net_failsafe1000");
        assertThat(devargs("net_failsafe1000")).isEqualTo("net_failsafe1000,dev(mac=" + MAC
                + "),dev(net_stub0,key=value),mac=" + MAC);
        assertThat(failsafe.xstats()).containsEntry("sub0_adoptions", 0L)
                .containsEntry("sub1_adoptions", 1L);

        plug("net_stub1", PLAIN);
        assertThat(port("net_stub1").owner()).contains("net_failsafe1000");
        assertThat(failsafe.xstats()).containsEntry("sub0_adoptions", 1L);
    }

    @Test
    void shouldAttachThePrimaryThatIsNamed() throws Exception {
        begin();
        slots.facts.put("net_stub1", PLAIN);
        plug("net_stub0", PLAIN.withStandby(
                new Standby(Optional.of(Devargs.parse("net_stub1,key=value")))));

        assertThat(devargs("net_stub1")).isEqualTo("net_stub1,key=value");
        assertThat(port("net_stub1").owner()).contains("net_failsafe1000");
        assertThat(port("net_failsafe1000").xstats()).containsEntry("sub0_adoptions", 1L)
                .containsEntry("sub1_adoptions", 1L);
    }

    @Test
    void shouldSendThroughThePrimaryWhileItIsThere() throws Exception {
        begin();
        plug("net_stub0", STANDBY);
        Mempool pool = pools.pool(1024);
        Port failsafe = port("net_failsafe1000");
        failsafe.configure(new PortConfig(1, 64, 64, pool));
        failsafe.start();
        assertSendsThrough("net_stub0", failsafe, pool);

        plug("net_stub1", PLAIN);
        assertSendsThrough("net_stub1", failsafe, pool);

        devices.manager().detach(devices.manager().find("net_stub1").orElseThrow());
        control.settle();
        assertSendsThrough("net_stub0", failsafe, pool);
    }

    private void assertSendsThrough(String device, Port failsafe, Mempool pool) {
        long[] packet = new long[1];
        assertThat(pool.get(packet, 0, 1)).isEqualTo(1);
        MempoolCaches caches = pool.mempools().uncached();
        assertThat(failsafe.txQueue(0).burst(caches, packet, 1)).isEqualTo(1);
        assertThat(slots.stubs.get(device).ring()).containsExactly(packet[0]);
        slots.stubs.get(device).ring().clear();
        caches.free(packet, 0, 1);
    }

    @Test
    void shouldGiveEachStandbyAFailsafePortOfItsOwn() throws Exception {
        begin();
        plug("net_stub0", STANDBY);
        plug("net_stub1", new EthDevInfo("net_stub", new MacAddress(MAC.value() + 1),
                STANDBY.rx()).withStandby(new Standby(Optional.empty())));

        assertThat(port("net_stub0").owner()).contains("net_failsafe1000");
        assertThat(port("net_stub1").owner()).contains("net_failsafe1001");
        assertThat(ports.port("net_failsafe1001")).isPresent();
    }

    @Test
    void shouldUseTheSameFailsafePortWhenTheStandbyReturns() throws Exception {
        begin();
        plug("net_stub0", STANDBY);
        Port failsafe = port("net_failsafe1000");
        devices.manager().detach(devices.manager().find("net_stub0").orElseThrow());
        plug("net_stub0", STANDBY);

        assertThat(port("net_failsafe1000")).isSameAs(failsafe);
        assertThat(failsafe.xstats()).containsEntry("sub1_adoptions", 2L);
    }

    @Test
    void shouldTakeOverAStandbyThatWasThereBefore() throws Exception {
        plug("net_stub0", STANDBY);
        assertThat(port("net_stub0").owner()).isEmpty();

        begin();
        control.settle();
        assertThat(port("net_stub0").owner()).contains("net_failsafe1000");
    }

    @Test
    void shouldLeaveAStandbyToThePortThatClaimsIt() throws Exception {
        begin();
        Lease claim = ports.claim("net_bonding0",
                (device, info) -> device.name().equals("net_stub0"));
        plug("net_stub0", STANDBY);

        assertThat(port("net_stub0").owner()).contains("net_bonding0");
        assertThat(ports.port("net_failsafe1000")).isEmpty();
        claim.close();
    }

    @Test
    void shouldLeaveOtherPortsAlone() throws Exception {
        begin();
        plug("net_stub0", PLAIN);

        assertThat(port("net_stub0").owner()).isEmpty();
        assertThat(port("net_stub0").id()).isZero();
        assertThat(ports.ports()).hasSize(1);
    }

    @Test
    void shouldClaimNothingAfterItsEnd() throws Exception {
        begin();
        standbyPorts.deactivate();
        plug("net_stub0", STANDBY);

        assertThat(port("net_stub0").owner()).isEmpty();
    }
}
