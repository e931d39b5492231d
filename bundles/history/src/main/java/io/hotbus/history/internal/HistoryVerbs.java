// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.cli.Words;
import io.hotbus.eal.config.WholeNumber;
import io.hotbus.history.History;
import io.hotbus.history.Removal;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The verbs {@code show removals}, {@code show removal} and {@code show faults}. */
@Component
public final class HistoryVerbs implements Verbs {
    private static final int SHOWN = 20;
    private static final String NUMBER = "NUMBER";

    private final History history;
    private final List<Verb<?>> verbs;

    /** Shows what {@code history} keeps. */
    @Activate
    public HistoryVerbs(@Reference History history) {
        this.history = history;
        this.verbs = List.of(
                Verb.of("show removals [COUNT]",
                        "the last removals of devices, the newest first, and how they ended",
                        words -> history.removals(Long.MAX_VALUE, count(words)), Text::removals),
                Verb.of("show removal " + NUMBER, "each step of a removal, with its time",
                        words -> removal(words.get(0)), Text::removal)
                        .with(NUMBER, () -> history.removals(Long.MAX_VALUE, SHOWN).stream()
                                .map(removal -> String.valueOf(removal.number())).toList()),
                Verb.of("show faults [COUNT]",
                        "the last repaired accesses to devices that were gone, the newest first",
                        words -> history.faults(Long.MAX_VALUE, count(words)), Text::faults));
    }

    private static int count(Words words) {
        return words.has(0) ? number(words.get(0)) : SHOWN;
    }

    private static int number(String word) {
        return WholeNumber.parse(word, 1, Integer.MAX_VALUE).orElseThrow(
                () -> new IllegalArgumentException(
                        "'" + word + "': a number from 1 on is needed"));
    }

    private Removal removal(String word) {
        final int number = number(word);
        return history.removal(number).orElseThrow(() -> new IllegalArgumentException(
                "there is no removal " + number + ": show removals lists them"));
    }

    @Override
    public List<Verb<?>> verbs() {
        return verbs;
    }
}
