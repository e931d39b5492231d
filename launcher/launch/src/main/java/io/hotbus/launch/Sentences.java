// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

/** Turns failures into sentences for an operator. */
final class Sentences {
    private Sentences() {
    }

    /** The innermost cause; frameworks wrap it. */
    static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The message of the innermost cause, with its type if the message is only a name. */
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
