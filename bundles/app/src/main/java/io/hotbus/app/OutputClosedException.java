// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.io.PrintStream;

/**
 * The standard output was closed by its reader, as in {@code run | head -1}. The process then ends
 * in order, with the exit code that a shell gives for SIGPIPE, and without a word.
 */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final int EXIT_CODE = 128 + 13;

    private OutputClosedException() {
        super("the standard output is closed");
    }

    /** To be called after what is printed. @throws OutputClosedException it could not be written */
    public static void check(PrintStream out) {
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }
}
