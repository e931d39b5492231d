// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

/** Wrong arguments on the command line. The message is one sentence for the user. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code message} as this class says. */
    public UsageException(String message) {
        super(message);
    }
}
