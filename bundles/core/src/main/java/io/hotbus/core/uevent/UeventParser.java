// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import io.hotbus.eal.bus.Uevent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Parses a uevent as the kernel sends it: {@code action@devpath}, then KEY=value strings, each
 * ended by a NUL. Accepts any bytes; time and memory are proportional to their number.
 *
 * @see <a href="https://elixir.bootlin.com/linux/v6.12/source/lib/kobject_uevent.c">the sender</a>
 */
public final class UeventParser {
    /**
     * The kernel's limits are 4096 bytes of path (PATH_MAX) and 2048 of keys (UEVENT_BUFFER_SIZE),
     * with a short action and a SEQNUM.
     */
    static final int MAX_LENGTH = 8192;
    /** Above the kernel's UEVENT_NUM_ENVP of 64. */
    static final int MAX_KEYS = 256;
    private static final int MAX_ACTION = 32;

    /** The result of parsing: the uevent, or the reason why the bytes are not a uevent. */
    public record Result(Optional<Uevent> uevent, String reason) {
    }

    /**
     * The bytes are not a uevent; the message says why. Cheap (no stack trace), for use in this
     * class only.
     */
    private static final class Rejected extends Exception {
        private static final long serialVersionUID = 1L;

        Rejected(String reason) {
            super(reason, null, false, false);
        }
    }

    private UeventParser() {
    }

    /** Parses {@code bytes}. Never throws. */
    public static Result parse(byte[] bytes) {
        try {
            return new Result(Optional.of(read(bytes)), "");
        } catch (Rejected e) {
            return new Result(Optional.empty(), e.getMessage());
        }
    }

    private static Uevent read(byte[] bytes) throws Rejected {
        String[] strings = split(bytes);
        String header = strings[0];
        if (header.equals("libudev")) {
            throw new Rejected("it is udev's, not the kernel's");
        }
        int at = header.indexOf('@');
        if (at <= 0 || at > MAX_ACTION || !isLowerCase(header.substring(0, at))) {
            throw new Rejected("it does not begin with action@devpath");
        }
        String action = header.substring(0, at);
        String devpath = header.substring(at + 1);
        if (!devpath.startsWith("/")) {
            throw new Rejected("its devpath does not begin with a slash");
        }
        Map<String, String> keys = keys(strings);
        requireSame(keys, "ACTION", action);
        requireSame(keys, "DEVPATH", devpath);
        return new Uevent(
                action, devpath, keys.getOrDefault("SUBSYSTEM", ""), sequence(keys), keys);
    }

    /** Splits the bytes into strings. There is at least one. */
    private static String[] split(byte[] bytes) throws Rejected {
        if (bytes.length == 0) {
            throw new Rejected("it is empty");
        }
        if (bytes.length > MAX_LENGTH) {
            throw new Rejected("it has " + bytes.length + " bytes, more than " + MAX_LENGTH);
        }
        if (bytes[bytes.length - 1] != 0) {
            throw new Rejected("it does not end with a NUL");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, bytes.length - 1)).toString();
            return text.split("\0", -1);
        } catch (CharacterCodingException e) {
            throw new Rejected("it is not UTF-8");
        }
    }

    private static Map<String, String> keys(String[] strings) throws Rejected {
        if (strings.length - 1 > MAX_KEYS) {
            throw new Rejected("it has more than " + MAX_KEYS + " keys");
        }
        Map<String, String> keys = new HashMap<>();
        for (int i = 1; i < strings.length; i++) {
            int equals = strings[i].indexOf('=');
            if (equals <= 0) {
                throw new Rejected("its string " + i + " is not KEY=value");
            }
            String value = strings[i].substring(equals + 1);
            String before = keys.put(strings[i].substring(0, equals), value);
            // Some kernel drivers send the same string twice.
            if (before != null && !before.equals(value)) {
                throw new Rejected("its string " + i + " contradicts an earlier one");
            }
        }
        return keys;
    }

    private static void requireSame(Map<String, String> keys, String key, String header)
            throws Rejected {
        if (!keys.getOrDefault(key, header).equals(header)) {
            throw new Rejected("its " + key + " contradicts its header");
        }
    }

    private static long sequence(Map<String, String> keys) throws Rejected {
        String text = keys.get("SEQNUM");
        if (text == null) {
            return -1;
        }
        try {
            long sequence = Long.parseLong(text);
            if (sequence >= 0 && text.charAt(0) != '+' && text.charAt(0) != '-') {
                return sequence;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Rejected("its SEQNUM is not a number");
    }

    private static boolean isLowerCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 'a' || text.charAt(i) > 'z') {
                return false;
            }
        }
        return true;
    }
}
