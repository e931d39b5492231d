// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

/**
 * What is wrong in a file, or misleads.
 *
 * @param file    the path of the file, or the PID of a configuration without one
 * @param line    the line, from 1 on; 0: no single line
 * @param text    key and value, what is wrong, and what is possible
 * @param warning whether the file is used all the same
 */
record Problem(String file, int line, String text, boolean warning) {
    /** As compilers print it: {@code FILE:LINE: error: TEXT}. */
    String report() {
        return "%s: %s: %s".formatted(place(), warning ? "warning" : "error", text);
    }

    /** {@code FILE:LINE}. */
    String place() {
        return line == 0 ? file : file + ":" + line;
    }
}
