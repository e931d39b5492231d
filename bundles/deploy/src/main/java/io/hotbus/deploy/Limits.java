// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.time.Duration;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time limits of bundles: framework properties, in milliseconds. */
final class Limits {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);
    private static final String CALL = "hotbus.bundle.limit.ms";
    private static final String SHUTDOWN = "hotbus.shutdown.limit.ms";
    /** Longer than the 10 s after which Declarative Services abandon a component that hangs. */
    private static final long CALL_MILLIS = 15_000;
    private static final long SHUTDOWN_MILLIS = 25_000;

    private Limits() {
    }

    /** How long the start or the stop of a bundle may take until the bundle is said to hang. */
    static Duration ofACall(BundleContext context) {
        return limit(context, CALL, CALL_MILLIS);
    }

    /** How long the shutdown may take until the process is halted. */
    static Duration ofTheShutdown(BundleContext context) {
        return limit(context, SHUTDOWN, SHUTDOWN_MILLIS);
    }

    private static Duration limit(BundleContext context, String property, long otherwise) {
        String text = context.getProperty(property);
        if (text == null) {
            return Duration.ofMillis(otherwise);
        }
        if (!text.matches("[1-9][0-9]{2,6}")) {
            LOG.error("{}={}: a number from 100 to 9999999 is needed ({} is taken)",
                    property, text, otherwise);
            return Duration.ofMillis(otherwise);
        }
        return Duration.ofMillis(Long.parseLong(text));
    }
}
