// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import io.hotbus.core.settings.CoreSettings;
import java.time.Duration;
import java.util.Map;

/** Settings as a test needs them. */
public final class TestSettings {
    private TestSettings() {
    }

    /** Of {@code control}. */
    public static CoreSettings listener(Duration deadline, int backlog) {
        return new CoreSettings(Map.of("listener.deadline.ms", deadline.toMillis(),
                "listener.backlog", backlog));
    }

    /** How long a removal waits for its bus's handler. */
    public static CoreSettings handlerWait(Duration wait) {
        return new CoreSettings(Map.of("handler.wait.ms", wait.toMillis()));
    }
}
