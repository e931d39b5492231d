// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * What the user gave a verb: the parameters and the choices made. Immutable.
 *
 * @param list   the words, in the order of the syntax, without its literals
 * @param folder the folder that relative file names belong to
 */
public record Words(List<String> list, Path folder) {
    /** Copies the words. */
    public Words {
        list = List.copyOf(list);
    }

    /** The word at that place. */
    public String get(int index) {
        return list.get(index);
    }

    /** Whether a word at the end, which may be left out, was given. */
    public boolean has(int index) {
        return index < list.size();
    }
}
