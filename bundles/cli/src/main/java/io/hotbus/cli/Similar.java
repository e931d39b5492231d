// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.util.Collection;
import java.util.List;

/** Finds the words that a mistyped word may stand for. Any thread. */
public final class Similar {
    private Similar() {
    }

    /** Those of {@link #to} that differ least; for words that have much in common. */
    public static List<String> closest(String typed, Collection<String> words) {
        List<String> all = to(typed, words);
        int least = all.stream().mapToInt(word -> distance(typed, word)).min().orElse(0);
        return all.stream().filter(word -> distance(typed, word) == least).toList();
    }

    /** The words that begin with {@code typed}, or differ from it in at most a third of letters. */
    public static List<String> to(String typed, Collection<String> words) {
        int most = Math.max(1, typed.length() / 3);
        return typed.isEmpty() ? List.of() : words.stream()
                .filter(word -> word.startsWith(typed) || distance(typed, word) <= most).toList();
    }

    /**
     * The number of edits that turn {@code a} into {@code b}: letters inserted, deleted or changed,
     * and neighbours swapped.
     */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + changed,
                        Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
