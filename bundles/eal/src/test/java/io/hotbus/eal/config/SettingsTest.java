// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static Settings of(String key, Object value) {
        return new Settings("acme.pid", Map.of(key, value));
    }

    private static void assertRefused(ThrowingCallable read, String message) {
        assertThatExceptionOfType(SettingException.class).isThrownBy(read).withMessage(message);
    }

    @Test
    void shouldTakeTheFallbackWhereNothingIsSet() throws SettingException {
        Settings none = new Settings("acme.pid", Map.of("blank", "  "));

        assertThat(none.number("n", 7, 0, 9)).isEqualTo(7);
        assertThat(none.number("blank", 7, 0, 9)).isEqualTo(7);
        assertThat(none.millis("s", 7, 0, 9)).isEqualTo(Duration.ofMillis(7));
        assertThat(none.flag("f", true)).isTrue();
        assertThat(none.path("p", "/sys")).isEqualTo(Path.of("/sys"));
        assertThat(none.devargs("d")).isEmpty();
    }

    @Test
    void shouldTakeValuesOfTheirTypeAndText() throws SettingException {
        assertThat(of("n", 3).number("n", 7, 0, 9)).isEqualTo(3);
        assertThat(of("n", 3L).number("n", 7, 0, 9)).isEqualTo(3);
        assertThat(of("n", " 3 ").millis("n", 7, 0, 9)).isEqualTo(Duration.ofMillis(3));
        assertThat(of("f", false).flag("f", true)).isFalse();
        assertThat(of("f", "false").flag("f", true)).isFalse();
        assertThat(of("p", "/host/sys").path("p", "/sys")).isEqualTo(Path.of("/host/sys"));
    }

    @Test
    void shouldTakeDevicesOfAnArrayAndOfText() throws SettingException, DeviceException {
        List<Devargs> devices = List.of(Devargs.parse("0000:03:00.0,bind=vfio-pci"),
                Devargs.parse("pci:0000:04:00.0"), Devargs.parse("net_sim0"));
        String text = "0000:03:00.0,bind=vfio-pci\n  pci:0000:04:00.0 net_sim0";

        assertThat(of("d", text).devargs("d")).isEqualTo(devices);
        assertThat(of("d", text.split("\\s+")).devargs("d")).isEqualTo(devices);
        assertThat(of("d", List.of(text.split("\\s+"))).devargs("d")).isEqualTo(devices);
    }

    @Test
    void shouldReadAll() throws SettingException {
        Map<String, Object> properties = Map.of("size", "3", "service.pid", "acme.pid",
                "component.id", 7L, "felix.fileinstall.filename", "file:/etc/acme.pid.cfg",
                ".hidden", "x", "org.apache.karaf.features.configKey", "acme.pid");

        assertThat(Settings.<Integer>read("acme.pid", properties,
                settings -> settings.number("size", 1, 0, 9))).isEqualTo(3);
    }

    @Test
    void shouldNameASettingThatThereIsNot() {
        assertRefused(() -> Settings.read("acme.pid", Map.of("size", 3, "szie", 4),
                settings -> settings.number("size", 1, 0, 9) + settings.number("age", 1, 0, 9)),
                "acme.pid: szie: there is no such setting (there are: age, size)");
    }

    @Test
    void shouldNotQuoteSecrets() {
        assertRefused(() -> of("web.Password", "hunter2").number("web.Password", 1, 0, 9),
                "acme.pid: web.Password=*****: a number from 0 to 9 is needed");
        assertRefused(() -> of("d", "net_memif0,id=1,secret=hunter2").flag("d", true),
                "acme.pid: d=net_memif0,id=1,secret=*****: true or false is needed");
    }

    @Test
    void shouldKnowTheSecretsThatAReportLeavesOut() throws IOException {
        assertThat(Path.of("../../launcher/lib/report.sh"))
                .content().contains("local words='" + Secrets.WORDS + "'");
    }

    @Test
    void shouldNameThePidTheKeyTheValueAndWhatIsWanted() {
        assertRefused(() -> of("n", "many").number("n", 7, 0, 9),
                "acme.pid: n=many: a number from 0 to 9 is needed");
        assertRefused(() -> of("n", 10).millis("n", 7, 0, 9),
                "acme.pid: n=10: a number from 0 to 9 is needed");
        assertRefused(() -> of("f", "yes").flag("f", true),
                "acme.pid: f=yes: true or false is needed");
        assertRefused(() -> of("p", "sys").path("p", "/sys"),
                "acme.pid: p=sys: an absolute path is needed");
        assertRefused(() -> of("p", "a\0b").path("p", "/sys"),
                "acme.pid: p=a\0b: an absolute path is needed");
        assertRefused(() -> of("d", "net_sim0 =x").devargs("d"), "acme.pid: d==x: devargs '=x': "
                + "'=x' is not a device name (e.g. net_null0,size=64); devices are separated by "
                + "blanks");
    }

    @Test
    void shouldNotTakeASecondDeviceForADevargOfTheFirst() {
        assertRefused(() -> of("d", "03:00.0,03:00.1").devargs("d"), "acme.pid: d=03:00.0,03:00.1: "
                + "each devarg needs a value, and devices are separated by blanks");
    }
}
