// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

/**
 * The exit code of a process that is shutting down. The JVM does not reveal it, so it is inferred.
 */
final class ExitCode {
    /** System property: the code that the process shall end with, set by the code that ends it. */
    static final String PROPERTY = "hotbus.exit.code";

    private static final int FAILED = 1;
    private static final int SIGNAL = 128;

    private ExitCode() {
    }

    /**
     * The code that was set; or 128 and the signal's number, which is in the name of a JVM thread;
     * or 0 if only the framework was stopped; otherwise 1.
     */
    static int ofThisProcess() {
        Integer set = Integer.getInteger(PROPERTY);
        if (set != null) {
            return set;
        }
        Thread[] threads = new Thread[Thread.activeCount() * 2 + 100];
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        int count = root.enumerate(threads);
        for (int i = 0; i < count; i++) {
            switch (threads[i].getName()) {
                case "SIGHUP handler": return SIGNAL + 1;
                case "SIGINT handler": return SIGNAL + 2;
                case "SIGTERM handler": return SIGNAL + 15;
                default:
            }
        }
        return isExiting() ? FAILED : 0;
    }

    private static boolean isExiting() {
        Thread probe = new Thread();
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
