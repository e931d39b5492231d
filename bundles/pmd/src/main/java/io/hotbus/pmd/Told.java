// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import java.util.HashSet;
import java.util.Set;

/** What was logged already, so that an attempt that repeats is told once. Guarded by its owner. */
public final class Told {
    /** A peer that finds ever more ways to fail does not fill the log. */
    private static final int MOST = 32;

    private final Set<String> sentences = new HashSet<>();

    /** Whether {@code sentence} is to be logged now. */
    public boolean isNew(String sentence) {
        return sentences.size() < MOST && sentences.add(sentence);
    }

    /** Forgets everything, because an attempt has succeeded. */
    public void clear() {
        sentences.clear();
    }
}
