// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentCheckTest {
    /** The settings of a component with one key. */
    private static final SettingsCheck ACME = new SettingsCheck() {
        @Override
        public String pid() {
            return "io.hotbus.acme";
        }

        @Override
        public void check(Map<String, ?> properties) throws SettingException {
            Settings.read(pid(), properties, settings -> settings.number("limit", 1, 1, 9));
        }
    };

    @TempDir
    private Path folder;

    private List<String> check(Files files) throws Exception {
        try (Rig rig = new Rig()) {
            return new DeploymentCheck(rig.platform.manager(), List.of(0, 1),
                    List.of("io", "mac"), Map.of(ACME.pid(), ACME)).check(files.all()).stream()
                    .map(problem -> problem.report().replace(folder + "/io.hotbus.", ""))
                    .toList();
        }
    }

    @Test
    void shouldFindNothingWhereNothingIsWrong() throws Exception {
        assertThat(check(new Files(folder).device("a", "devargs = wire0").forwarding("rxq = 2",
                "lcores = 1", "portlist = 0", "forward-mode = mac"))).isEmpty();
    }

    @Test
    void shouldCompareForwardingWithThisMachine() throws Exception {
        assertThat(check(new Files(folder).device("a", "devargs = wire0").forwarding(
                "forward-mode = macswp", "lcores = 0,7", "portlist = 0,3", "burst = 1000")))
                .containsExactlyInAnyOrder(
                        "forwarding.cfg:1: error: forward-mode=macswp: there is no such engine"
                                + " (there are: io, mac)",
                        "forwarding.cfg:2: error: lcores: CPU 7 is not available to this process,"
                                + " these are: [0, 1]",
                        "forwarding.cfg:3: warning: portlist: no file describes port 3 (they"
                                + " describe: 0)",
                        "forwarding.cfg:4: error: burst=1000: a number from 0 to 512 is needed");
    }

    @Test
    void shouldCheckSettingsOfOtherComponents() throws Exception {
        assertThat(check(new Files(folder)
                .add("io.hotbus.acme", Optional.empty(), "io.hotbus.acme", "x=", "limit = 10")
                .add("io.hotbus.acne", Optional.empty(), "io.hotbus.acne", "limit = 10")
                .add("com.acme", Optional.empty(), "com.acme", "limit = 10")))
                .containsExactly(
                        "acme.cfg:2: error: limit=10: a number from 1 to 9 is needed",
                        "acne.cfg: error: no bundle has settings of the name io.hotbus.acne"
                                + " (did you mean io.hotbus.acme?)");
    }

    @Test
    void shouldWarnOfNamesThatMislead() throws Exception {
        assertThat(check(new Files(folder)
                .add(DeviceFile.PID, Optional.of("a"), "io.hotbus.device~a", "devargs = wire0")
                .add(DeviceFile.PID, Optional.empty(), "io.hotbus.device", "devargs = wire1")))
                .hasSize(2)
                .anyMatch(text -> text.startsWith("device~a.cfg: warning: '~'"))
                .anyMatch(text -> text.startsWith("device.cfg: error: a name is missing"));
    }
}
