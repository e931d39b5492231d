// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The standard error of the process. While a user types at a terminal, whole lines go to the line
 * editor, which prints them above the input line. Otherwise bytes are written at once. Any thread.
 */
final class ErrorLines extends OutputStream {
    private final PrintStream err;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile Optional<Consumer<String>> editor = Optional.empty();

    ErrorLines(PrintStream err) {
        this.err = err;
    }

    /** Sends lines to {@code to} from now on. */
    void redirect(Consumer<String> to) {
        editor = Optional.of(to);
    }

    /** Writes bytes at once again. */
    synchronized void restore() {
        editor = Optional.empty();
        err.writeBytes(line.toByteArray());
        err.flush();
        line.reset();
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        Optional<Consumer<String>> to = editor;
        if (to.isEmpty()) {
            err.write(bytes, offset, length);
            return;
        }
        line.write(bytes, offset, length);
        if (bytes[offset + length - 1] == '\n') {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            to.get().accept(text);
        }
    }

    @Override
    public void flush() {
        err.flush();
    }
}
