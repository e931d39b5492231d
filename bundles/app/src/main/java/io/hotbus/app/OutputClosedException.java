// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.io.PrintStream;

/**
 * Signals that the reader of the standard output has closed it, as in {@code run | head -1}. The
 * process then ends in order and silently, with the exit code that a shell gives for SIGPIPE.
 */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final int EXIT_CODE = 128 + 13;

    private OutputClosedException() {
        super("the standard output is closed");
    }

    /**
     * Checks the output after printing.
     *
     * @throws OutputClosedException a write has failed
     */
    public static void check(PrintStream out) {
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }
}
