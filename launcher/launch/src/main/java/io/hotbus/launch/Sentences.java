// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

/** Failures in words for an operator. */
final class Sentences {
    private Sentences() {
    }

    /** What happened in the first place, as frameworks wrap it. */
    static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The message of the innermost cause; its type too where the message is a mere name. */
    static String of(Throwable failure) {
        Throwable cause = innermost(failure);
        String message = cause.getMessage();
        String type = cause.getClass().getSimpleName();
        if (message == null) {
            return type;
        }
        return cause instanceof Exception && message.contains(" ") ? message
                : type + ": " + message;
    }
}
