// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/** Finds the key that a mistyped key probably stands for. */
final class NearestKey {
    private NearestKey() {
    }

    /** The key that differs least from {@code typed}, if it differs in at most a third of it. */
    static Optional<String> of(String typed, Set<String> keys) {
        int most = Math.max(1, typed.length() / 3);
        return keys.stream().filter(key -> edits(typed, key) <= most)
                .min(Comparator.<String>comparingInt(key -> edits(typed, key))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** How many letters are inserted, deleted or changed to turn {@code a} into {@code b}. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
