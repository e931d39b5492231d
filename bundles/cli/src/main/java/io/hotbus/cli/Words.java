// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * The words that the user gave a verb: the parameters and the choices made. Immutable.
 *
 * @param list   the words in the order of the syntax, without its literals
 * @param folder the folder that relative file names start from
 */
public record Words(List<String> list, Path folder) {
    /** Copies the words. */
    public Words {
        list = List.copyOf(list);
    }

    /** The word at {@code index}. */
    public String get(int index) {
        return list.get(index);
    }

    /** Whether the optional word at {@code index} was given. */
    public boolean has(int index) {
        return index < list.size();
    }
}
