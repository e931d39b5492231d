// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds where the framework hangs while it starts or stops bundles. */
final class Hang {
    /** Changes start levels, and so starts and stops bundles. */
    private static final String START_LEVEL_THREAD = "FelixStartLevel";
    private static final int FRAMES = 5;

    private Hang() {
    }

    /**
     * The thread that starts and stops bundles, with the innermost calls it is in; those of the JDK
     * are left out.
     */
    static String where() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().equals(START_LEVEL_THREAD))
                .map(Hang::describe).findFirst()
                .orElse("no thread is starting or stopping bundles");
    }

    private static String describe(Map.Entry<Thread, StackTraceElement[]> thread) {
        return "thread " + thread.getKey().getName() + " is in "
                + Arrays.stream(thread.getValue())
                        .filter(frame -> frame.getModuleName() == null).limit(FRAMES)
                        .map(StackTraceElement::toString).collect(Collectors.joining(", "));
    }
}
