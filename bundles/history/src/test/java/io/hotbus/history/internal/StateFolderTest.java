// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateFolderTest {
    private static final String HOME = "HOME";
    private static final String SYSTEMD = "STATE_DIRECTORY";

    private static void expect(String folder, Map<String, String> environment, boolean root) {
        assertThat(StateFolder.of(environment, root)).contains(Path.of(folder));
    }

    @Test
    void shouldBeTheFirstThatIsSet() {
        expect("/a", Map.of("HOTBUS_STATE_DIR", "/a", SYSTEMD, "/b", HOME, "/root"), true);
        expect("/b", Map.of(SYSTEMD, "/b:/c", HOME, "/root"), true);
        expect("/var/lib/hotbus/history", Map.of(HOME, "/root", "XDG_STATE_HOME", "/x"), true);
        expect("/x/hotbus", Map.of(HOME, "/home/u", "XDG_STATE_HOME", "/x"), false);
        expect("/home/u/.local/state/hotbus", Map.of(HOME, "/home/u", SYSTEMD, ""), false);
    }

    @Test
    void shouldBeNoneWithoutAHome() {
        assertThat(StateFolder.of(Map.of(), false)).isEmpty();
        assertThat(StateFolder.of(Map.of("XDG_STATE_HOME", "x"), false)).isEmpty();
    }
}
