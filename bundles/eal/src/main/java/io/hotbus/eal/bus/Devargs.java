// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import io.hotbus.eal.config.WholeNumber;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names a device and the arguments of its driver: {@code [bus:]name[,key=value...]}, as in
 * {@code net_null0,size=64} or {@code pci:0000:03:00.0}. Immutable.
 *
 * <p>Devargs in parentheses after a key, as in {@code net_failsafe0,dev(net_sim0,rxq=2)}, are one
 * value, which keeps its parentheses: see {@link #nested}.
 *
 * <p>A {@code :} separates a bus only if the text before it is a word of letters, so a PCI address
 * needs no prefix, even if it begins with letters only. A key may be given several times if its
 * driver takes that, as in {@code net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap}. Source: DPDK {@code
 * rte_devargs}.
 *
 * @param bus  the requested bus, if one is given
 * @param name the device: letters, digits and any of {@code . _ : @ / + # * -}
 * @param args key to value, in the order given; a key without {@code =} has an empty value. The
 *             values of a key that is given several times are joined by commas: see {@link #all}
 */
public record Devargs(Optional<String> bus, String name, Map<String, String> args) {
    private static final int MAX_LENGTH = 4096;
    /** Separates arguments, so that no value contains it. */
    private static final String SEPARATOR = ",";
    /** The domain and the bus number may consist of letters only: Hyper-V invents domains. */
    private static final Pattern PCI_ADDRESS =
            Pattern.compile("([0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

    /**
     * A name or a key. Quotes and brackets are not allowed: they are probably the syntax of another
     * file.
     */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._:@/+#*-]+");

    public Devargs {
        Objects.requireNonNull(bus);
        Objects.requireNonNull(name);
        args = Collections.unmodifiableMap(new LinkedHashMap<>(args));
    }

    /**
     * Parses devargs.
     *
     * @throws DeviceException the text is wrong; the message names it and the error
     */
    public static Devargs parse(String text) throws DeviceException {
        if (text.length() > MAX_LENGTH) {
            throw new DeviceException("devargs of " + text.length() + " characters: at most "
                    + MAX_LENGTH + " are taken");
        }
        List<String> parts = split(text.strip());
        if (parts.isEmpty()) {
            throw new DeviceException("devargs '" + printable(text)
                    + "': the parentheses do not match");
        }
        String id = parts.get(0);
        Optional<String> bus = Optional.empty();
        int colon = id.indexOf(':');
        if (colon > 0 && id.substring(0, colon).chars().allMatch(Devargs::isBusLetter)
                && !PCI_ADDRESS.matcher(id).matches()) {
            bus = Optional.of(id.substring(0, colon));
            id = id.substring(colon + 1);
        }
        if (!WORD.matcher(id).matches()) {
            throw new DeviceException("devargs '" + printable(text) + "': '" + printable(id)
                    + "' is not a device name (e.g. net_null0,size=64)");
        }
        Map<String, String> args = new LinkedHashMap<>();
        for (String part : parts.subList(1, parts.size())) {
            int end = endOfKey(part);
            String key = part.substring(0, end);
            if (!WORD.matcher(key).matches()) {
                throw new DeviceException("devargs '" + printable(text) + "': '"
                        + printable(part) + "' is not key=value");
            }
            String value = part.startsWith("=", end) ? part.substring(end + 1)
                    : part.substring(end);
            args.merge(key, value, (first, next) -> first + SEPARATOR + next);
        }
        return new Devargs(bus, id, args);
    }

    /** Where the key of {@code key=value}, {@code key(value)} or {@code key} ends. */
    private static int endOfKey(String part) {
        int end = 0;
        while (end < part.length() && part.charAt(end) != '=' && part.charAt(end) != '(') {
            end++;
        }
        return part.endsWith(")") || part.startsWith("=", end) ? end : part.length();
    }

    /** The parts between commas outside parentheses; empty if the parentheses do not match. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < text.length() && depth >= 0; i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(text.substring(begin, i));
                begin = i + 1;
            }
        }
        parts.add(text.substring(begin));
        return depth == 0 ? parts : List.of();
    }

    private static boolean isBusLetter(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    /** The value of {@code key}, or {@code fallback} where it was not given. */
    public String get(String key, String fallback) {
        return args.getOrDefault(key, fallback);
    }

    /** All values of {@code key}, in the order given; empty where it was not given. */
    public List<String> all(String key) {
        String values = args.get(key);
        return values == null ? List.of() : split(values);
    }

    /**
     * The text in the parentheses of each {@code key(...)}, in the order given. Source: DPDK's
     * failsafe driver.
     *
     * @throws DeviceException a value is not in parentheses
     */
    public List<String> nested(String key) throws DeviceException {
        List<String> texts = new ArrayList<>();
        for (String value : all(key)) {
            if (!value.startsWith("(") || !value.endsWith(")")) {
                throw new DeviceException("%s: %s%s: %s(...) is needed"
                        .formatted(name, key, value.isEmpty() ? "" : "=" + printable(value), key));
            }
            texts.add(value.substring(1, value.length() - 1));
        }
        return texts;
    }

    /**
     * The value of {@code key} as a number, or {@code fallback} where it was not given.
     *
     * @throws DeviceException the value is not a number, or outside {@code [min, max]}
     */
    public int getInt(String key, int fallback, int min, int max) throws DeviceException {
        String value = args.get(key);
        if (value == null) {
            return fallback;
        }
        return WholeNumber.decode(value, min, max).orElseThrow(() -> new DeviceException(
                "%s: %s=%s: a number from %s to %s is needed"
                        .formatted(name, key, printable(value), min, max)));
    }

    /**
     * Checks the keys, each of which may be given once.
     *
     * @throws DeviceException a key is not in {@code known}, or given twice; the message names the
     *     first such key and the known ones
     */
    public void allowOnly(Set<String> known) throws DeviceException {
        allowOnly(known, Set.of());
    }

    /**
     * Does {@link #allowOnly(Set)} for a driver that takes some keys several times.
     *
     * @param repeatable those of {@code known} that may be given several times
     */
    public void allowOnly(Set<String> known, Set<String> repeatable) throws DeviceException {
        for (String key : args.keySet()) {
            if (all(key).size() > 1 && !repeatable.contains(key) && known.contains(key)) {
                throw new DeviceException("%s: %s is given twice".formatted(name, key));
            }
            if (!known.contains(key)) {
                throw new DeviceException("%s: unknown devarg '%s' (known: %s)".formatted(name, key,
                        known.isEmpty() ? "none"
                                : known.stream().sorted().collect(Collectors.joining(", "))));
            }
        }
    }

    /** The text that {@link #parse} accepts. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        bus.ifPresent(b -> text.append(b).append(':'));
        text.append(name);
        args.keySet().forEach(key -> all(key).forEach(value -> text.append(SEPARATOR).append(key)
                .append(value.isEmpty() || value.startsWith("(") ? "" : "=").append(value)));
        return text.toString();
    }
}
