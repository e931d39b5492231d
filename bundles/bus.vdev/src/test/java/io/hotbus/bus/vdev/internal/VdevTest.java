// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.testkit.InlineControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Tests what is special about the bus of virtual devices; the bus bundle tests the rest. */
@Timeout(300)
final class VdevTest {
    private final TestMapper mapper = new TestMapper();
    private final List<String> reported = new ArrayList<>();
    private final List<DeviceEvent> events = new ArrayList<>();
    private final Vdev bus =
            new Vdev(this::report, events::add, mapper, new InlineControl());
    private final TestDriver driver = new TestDriver("net_test");

    @BeforeEach
    void install() {
        bus.addDriver(driver, Map.of());
    }

    private boolean report(Device device, RemovalCause cause) {
        reported.add(device + " " + cause);
        return device.markRemoved();
    }

    private VdevDevice attach(String devargs) throws DeviceException {
        return (VdevDevice) bus.attach(Devargs.parse(devargs));
    }

    private void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach(devargs))
                .withMessage(message);
    }

    @Test
    void shouldMakeTheDeviceThatIsAskedFor() throws Exception {
        VdevDevice device = attach("net_test0,key=value");

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs()).isEqualTo(Devargs.parse("net_test0,key=value"));
        assertThat(device.busName()).isEqualTo("vdev").isEqualTo(bus.name());
        assertThat(bus.devices()).containsExactly(device);
        assertThat(driver.driven).containsExactly(device);

        bus.detach(device);
        assertThat(bus.devices()).isEmpty();
        assertThat(driver.driven).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"net_test0, true", "vdev:net_test0, true", "vdev:whatever, true", "net_foo0, true",
            "acme7, true", "pci:net_test0, false", "0000:03:00.0, false", "net_test, false",
            "acme, false", "other7, false"})
    void shouldClaimItsOwn(String devargs, boolean claimed) throws Exception {
        bus.addDriver(new TestDriver("acme"), Map.of());

        assertThat(bus.claims(Devargs.parse(devargs))).isEqualTo(claimed);
    }

    /** Of drivers net_x and net_x1, net_x12 is the latter's. */
    @ParameterizedTest
    @CsvSource({"net_x0, net_x", "net_x1, net_x", "net_x12, net_x1", "net_x123, net_x1"})
    void shouldTakeTheDriverWithTheLongerName(String device, String expected) throws Exception {
        TestDriver longer = new TestDriver("net_x1");
        TestDriver shorter = new TestDriver("net_x");
        bus.addDriver(longer, Map.of());
        bus.addDriver(shorter, Map.of());
        attach(device);

        assertThat(longer.driven).hasSize(expected.equals("net_x1") ? 1 : 0);
        assertThat(shorter.driven).hasSize(expected.equals("net_x") ? 1 : 0);
    }

    @Test
    void shouldSayWhyItCannotAttach() {
        assertRefused("net_foo0", "net_foo0: no vdev driver 'net_foo' (installed: net_test)");
        assertRefused("vdev:net_test",
                "net_test: a number is missing at the end of the name (net_test0)");
        bus.removeDriver(driver);
        assertRefused("net_test1", "net_test1: no vdev driver 'net_test' (installed: none)");
    }

    @Test
    void shouldKeepADeviceForTheNextDriver() throws Exception {
        attach("net_test0,key=value");
        bus.removeDriver(driver);
        assertThat(bus.devices()).extracting(Device::state).containsExactly(DeviceState.FOUND);
        TestDriver next = new TestDriver("net_test");
        bus.addDriver(next, Map.of());

        assertThat(next.driven).extracting(Device::devargs)
                .containsExactly(Devargs.parse("net_test0,key=value"));
    }

    @Test
    void shouldReleaseWhatADriverLeftAndSaySo() throws Exception {
        driver.onProbe = this::mapWindow;
        VdevDevice device = attach("net_test0");
        assertThat(warnings(() -> bus.detach(device))).singleElement().asString()
                .startsWith("net_test0: driver net_test left windows mapped, releasing them: [BAR0")
                .doesNotContain("\n");
        assertThat(mapper.log).containsExactly("released net_test0 BAR0");

        driver.onProbe = failing -> {
            mapWindow(failing);
            throw new DeviceException("net_test1: no memory");
        };
        assertThat(warnings(() -> assertRefused("net_test1", "net_test1: no memory"))).hasSize(1);
        assertThat(mapper.log).endsWith("released net_test1 BAR0");

        driver.onProbe = careful -> { };
        assertThat(warnings(() -> bus.detach(attach("net_test2")))).isEmpty();
    }

    private void mapWindow(VdevDevice device) {
        mapper.map(device.windows(), new MmioMapper.Source("BAR0", -1, 0, 4096, Fill.ONES));
    }

    private interface Step {
        void run() throws Exception;
    }

    /** What the bus says while {@code step} runs. */
    private static List<String> warnings(Step step) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(Vdev.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        try {
            step.run();
        } finally {
            logger.detachAppender(said);
        }
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void shouldPublishWhatTheHardwareSaysOfItself() throws Exception {
        bus.plugged("net_test0");
        attach("net_test0");
        bus.unplugged("net_test0");
        bus.unplugged("net_test1");
        bus.rescan();

        assertThat(events).extracting(DeviceEvent::kind, DeviceEvent::bus, DeviceEvent::name)
                .containsExactly(
                        tuple(DeviceEvent.Kind.ADD, "vdev", "net_test0"),
                        tuple(DeviceEvent.Kind.REMOVE, "vdev", "net_test1"));
        assertThat(events.get(1).device()).isEmpty();
        assertThat(events.get(1).cause()).isEqualTo(Optional.of(RemovalCause.UEVENT_REMOVE));
        assertThat(reported).containsExactly("net_test0 UEVENT_REMOVE");
    }

    @Test
    void shouldDetachAllWhenItGoes() throws Exception {
        attach("net_test0");
        attach("net_test1");
        bus.deactivate();
        bus.deactivate();

        assertThat(bus.devices()).isEmpty();
        assertThat(driver.driven).isEmpty();
        assertRefused("net_test0", "net_test0: the vdev bus is being stopped");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            net_test0,size=1|
            net_test0,sice=1|net_test0: unknown devarg 'sice' (known: size)
            net_best0|net_best0: no vdev driver 'net_best' (installed: net_test)
            """)
    void shouldTellWhatADeviceLacksWithoutAttachingIt(String devargs, String lack)
            throws DeviceException {
        assertThat(bus.lacks(Devargs.parse(devargs))).isEqualTo(Optional.ofNullable(lack));
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldNotMindADriverThatFailsToCheck() throws DeviceException {
        bus.addDriver(new TestDriver("net_flawed") {
            @Override
            public void checkDevargs(Devargs devargs) {
                throw new IllegalStateException("no idea");
            }
        }, Map.of());
        assertThat(bus.lacks(Devargs.parse("net_flawed0,x=1"))).isEmpty();
    }
}
