// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a script into commands, at semicolons and line breaks that are not inside quotes. A line
 * that begins with # is a comment.
 */
final class Commands {
    private final String script;
    private final List<String> commands = new ArrayList<>();
    private final StringBuilder command = new StringBuilder();

    private Commands(String script) {
        this.script = script;
    }

    /** The commands in order, without blanks around them and without comments. */
    static List<String> of(String script) {
        Commands commands = new Commands(script);
        commands.split();
        return commands.commands;
    }

    private void split() {
        char quote = 0;
        for (int i = 0; i < script.length(); i++) {
            char c = script.charAt(i);
            if (isComment(c)) {
                i = endOfLine(i);
            } else if (quote == 0 && (c == ';' || c == '\n')) {
                end();
            } else {
                command.append(c);
                if (c == '\\' && i + 1 < script.length()) {
                    command.append(script.charAt(++i));
                } else if (quote == 0 && (c == '"' || c == '\'')) {
                    quote = c;
                } else if (c == quote) {
                    quote = 0;
                }
            }
        }
        end();
    }

    private boolean isComment(char c) {
        return c == '#' && command.toString().isBlank();
    }

    /** The index of the last character before the line break, or of the script. */
    private int endOfLine(int from) {
        int end = script.indexOf('\n', from);
        return (end < 0 ? script.length() : end) - 1;
    }

    private void end() {
        String whole = command.toString().strip();
        if (!whole.isEmpty()) {
            commands.add(whole);
        }
        command.setLength(0);
    }
}
