// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.LogService;

class LogBridgeTest {
    @TempDir
    private Path folder;

    @Test
    void shouldForwardWhatWasAndIsLoggedOnceAndInOrder() throws Exception {
        try (TestFramework framework = new TestFramework(folder); LogLines lines = new LogLines()) {
            framework.startLog();
            BundleContext context = framework.context();
            LogService log = context.getService(context.getServiceReference(LogService.class));
            for (int i = 0; i < 50; i++) {
                log.getLogger("x").warn("entry " + i);
            }
            LogBridge bridge = new LogBridge(context, bundle -> false);
            bridge.open();
            for (int i = 50; i < 100; i++) {
                log.getLogger("x").error("entry " + i);
            }
            lines.await("entry 99");
            bridge.close();
            assertThat(lines.all().stream().filter(line -> line.contains("entry")))
                    .hasSize(100)
                    .startsWith("WARN org.apache.felix.framework: entry 0")
                    .endsWith("ERROR org.apache.felix.framework: entry 99")
                    .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        }
    }

    private static int number(String line) {
        return Integer.parseInt(line.replaceFirst(".* ", ""));
    }
}
