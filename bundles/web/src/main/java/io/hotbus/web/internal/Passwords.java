// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is kept: {@code pbkdf2-sha512:ITERATIONS:SALT:HASH}. Any thread.
 *
 * @param iterations how often it is hashed
 * @param salt       makes equal passwords different
 * @param hash       what comes of it
 */
record Passwords(int iterations, byte[] salt, byte[] hash) {
    /** Takes some tenths of a second. Source: OWASP, Password Storage Cheat Sheet. */
    static final int ITERATIONS = 210_000;
    private static final int FEWEST = 10_000;
    private static final int MOST = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final String ALGORITHM = "PBKDF2WithHmacSHA512";
    private static final Pattern KEPT =
            Pattern.compile("pbkdf2-sha512:([0-9]{5,8}):([A-Za-z0-9_-]{16,}):([A-Za-z0-9_-]{43})");

    /** A password as {@link #kept} wrote it; empty if {@code text} is none. */
    static Optional<Passwords> parse(String text) {
        final Matcher parts = KEPT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        final int iterations = Integer.parseInt(parts.group(1));
        try {
            return iterations < FEWEST || iterations > MOST ? Optional.empty()
                    : Optional.of(new Passwords(iterations,
                            Base64.getUrlDecoder().decode(parts.group(2)),
                            Base64.getUrlDecoder().decode(parts.group(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not the length of anything in Base64
        }
    }

    /** A new password. */
    static Passwords of(char[] password, int iterations) {
        final byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return new Passwords(iterations, salt, hash(password, salt, iterations));
    }

    /** Whether that is the password. Takes the same time for every wrong one. */
    boolean matches(char[] password) {
        return MessageDigest.isEqual(hash, hash(password, salt, iterations));
    }

    /** What is written into a configuration. */
    String kept() {
        final Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return "pbkdf2-sha512:%s:%s:%s".formatted(Integer.toString(iterations),
                base64.encodeToString(salt), base64.encodeToString(hash));
    }

    private static byte[] hash(char[] password, byte[] salt, int iterations) {
        final PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        } finally {
            spec.clearPassword();
        }
    }
}
