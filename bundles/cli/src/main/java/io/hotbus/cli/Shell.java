// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Runs the verbs that bundles brought. A service; any thread. */
@ProviderType
public interface Shell {
    /** The last word of a line: its value is wanted as JSON. */
    String JSON = "--json";

    /**
     * Runs one verb and returns its value as text, or as JSON where {@value #JSON} ends the words.
     *
     * @param words  the verb and what follows it
     * @param folder the folder that relative file names belong to
     * @throws IllegalArgumentException no verb has that form; the message lists those there are
     * @throws Exception what the action throws
     */
    String run(List<String> words, Path folder) throws Exception;

    /**
     * Runs one verb and returns its value, for callers that render the value themselves.
     *
     * @param words  the verb and what follows it, without {@value #JSON}
     * @param folder the folder that relative file names belong to
     * @throws IllegalArgumentException no verb has that form; the message lists those there are
     * @throws Exception what the action throws
     */
    Object value(List<String> words, Path folder) throws Exception;

    /** What may follow the words: literals, and the values of parameters. Sorted. */
    List<String> candidates(List<String> words);

    /** The verbs there are: the first words of all forms. Sorted. */
    List<String> verbs();
}
