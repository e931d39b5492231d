// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Runs the verbs that bundles provide. A service; any thread. */
@ProviderType
public interface Shell {
    /** The last word of a line that asks for the value as JSON. */
    String JSON = "--json";

    /**
     * Runs one verb and returns its value as text, or as JSON if the last word is {@value #JSON}.
     *
     * @param words  the verb and the words after it
     * @param folder the folder that relative file names start from
     * @throws IllegalArgumentException no verb has that form; the message lists the forms
     * @throws Exception what the action throws
     */
    String run(List<String> words, Path folder) throws Exception;

    /**
     * Runs one verb and returns its value, for callers that render the value themselves.
     *
     * @param words  the verb and the words after it, without {@value #JSON}
     * @param folder the folder that relative file names start from
     * @throws IllegalArgumentException no verb has that form; the message lists the forms
     * @throws Exception what the action throws
     */
    Object value(List<String> words, Path folder) throws Exception;

    /**
     * What is wrong with the form of a line; empty if a verb has that form. Nothing is run.
     *
     * @param words the verb and the words after it
     */
    Optional<Mistake> mistake(List<String> words);

    /** The words that may follow: literals, and the values of parameters. Sorted. */
    List<String> candidates(List<String> words);

    /** All verbs: the first words of all forms. Sorted. */
    List<String> verbs();
}
