// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli.internal;

import io.hotbus.cli.Json;
import io.hotbus.cli.Mistake;
import io.hotbus.cli.Shell;
import io.hotbus.cli.Similar;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Keeps all verbs, and answers {@code help}. Any thread. */
public final class Registry implements Shell {
    private record HelpLine(String syntax, String help) {
        String text() {
            return "%-38s %s".formatted(syntax, help);
        }
    }

    private record Call(Form form, List<String> given) {
    }

    private final Map<Verbs, List<Form>> forms = new LinkedHashMap<>();

    public Registry() {
        List<Verb<?>> help = List.of(
                Verb.of("help", "this list", words -> help(all()), Registry::text),
                Verb.of("help VERB", "the lines of one verb", words -> helpOn(words.get(0)),
                        Registry::text).with("VERB", this::verbs));
        add(() -> help);
    }

    /**
     * Adds the verbs of a service.
     *
     * @throws IllegalArgumentException a syntax is invalid
     */
    public synchronized void add(Verbs verbs) {
        forms.put(verbs, verbs.verbs().stream().map(Form::new).toList());
    }

    /** Removes the verbs of a service. Idempotent. */
    public synchronized void remove(Verbs verbs) {
        forms.remove(verbs);
    }

    private synchronized List<Form> all() {
        return forms.values().stream().flatMap(List::stream)
                .sorted(Comparator.comparing(Form::word)).toList();
    }

    @Override
    public List<String> verbs() {
        return all().stream().map(Form::word).distinct().toList();
    }

    @Override
    public String run(List<String> words, Path folder) throws Exception {
        int last = words.size() - 1;
        if (last > 0 && words.get(last).equals(JSON)) {
            return Json.pretty(value(words.subList(0, last), folder));
        }
        Call call = find(words);
        return call.form.text(call.given, folder);
    }

    @Override
    public Object value(List<String> words, Path folder) throws Exception {
        Call call = find(words);
        return call.form.value(call.given, folder);
    }

    @Override
    public List<String> candidates(List<String> words) {
        return all().stream().flatMap(form -> form.next(words)).distinct().sorted().toList();
    }

    private Call find(List<String> words) {
        List<Form> all = all();
        return match(all, words).orElseThrow(
                () -> new IllegalArgumentException(mistake(all, words).message()));
    }

    private static Optional<Call> match(List<Form> forms, List<String> words) {
        for (Form form : forms) {
            Optional<List<String>> given = form.match(words);
            if (given.isPresent()) {
                return Optional.of(new Call(form, given.get()));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Mistake> mistake(List<String> words) {
        List<Form> all = all();
        return match(all, words).isPresent() ? Optional.empty()
                : Optional.of(mistake(all, words));
    }

    /** For words that match no form. */
    private Mistake mistake(List<Form> all, List<String> words) {
        int common = all.stream().mapToInt(form -> form.common(words)).max().orElse(0);
        String wrong = common < words.size() ? words.get(common) : "";
        if (common == 0) {
            return new Mistake(wrong, noVerb(wrong).getMessage());
        }
        int least = common > 1 ? 2 : 1;
        return new Mistake(wrong, "'%s' is not understood, valid: %s".formatted(
                String.join(" ", words), all.stream().filter(form -> form.common(words) >= least)
                        .map(Form::syntax).collect(Collectors.joining(", "))));
    }

    private IllegalArgumentException noVerb(String word) {
        List<String> similar = Similar.to(word, verbs());
        return new IllegalArgumentException("'%s' is not a verb (%s'help' lists the verbs)"
                .formatted(word, similar.isEmpty() ? ""
                        : "did you mean " + String.join(" or ", similar) + "? "));
    }

    private List<HelpLine> helpOn(String verb) {
        List<Form> matching = all().stream().filter(form -> form.word().equals(verb)).toList();
        if (matching.isEmpty()) {
            throw noVerb(verb);
        }
        return help(matching);
    }

    private static List<HelpLine> help(List<Form> forms) {
        return forms.stream().map(form -> new HelpLine(form.syntax(), form.help())).toList();
    }

    private static String text(List<HelpLine> lines) {
        return lines.stream().map(HelpLine::text).collect(Collectors.joining("\n"));
    }
}
