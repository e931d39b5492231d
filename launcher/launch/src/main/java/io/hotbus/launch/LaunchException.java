// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

/** The product cannot be started. The message is one sentence with the cause and the cure. */
final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int FAILED = 1;
    private static final int MISSING = 3;

    private final int exitCode;

    private LaunchException(String message, Throwable cause, int exitCode) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** This machine lacks something, or the product is damaged. */
    static LaunchException missing(String message, Throwable cause) {
        return new LaunchException(message, cause, MISSING);
    }

    static LaunchException failed(String message) {
        return new LaunchException(message, null, FAILED);
    }

    int exitCode() {
        return exitCode;
    }
}
