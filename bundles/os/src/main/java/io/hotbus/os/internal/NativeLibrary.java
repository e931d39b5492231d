// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import jnr.ffi.LibraryLoader;

/**
 * libhotbus.so as this bundle ships it, for several architectures. Works with and without a
 * framework: the library is a resource of the class loader.
 */
public final class NativeLibrary {
    /** What the JVM calls an architecture, and what the folders in native/ are called after. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "aarch64");

    private static final int DIGEST_PREFIX = 8;

    private NativeLibrary() {
    }

    /** The library cannot be had; the message says why, and the cure. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Loads the library of this machine's architecture.
     *
     * @param directory where to put the file; it has to stay there as long as the JVM lives
     */
    public static NativeHotbus load(Path directory) throws UnavailableException {
        return load(directory, System.getProperty("os.arch"));
    }

    static NativeHotbus load(Path directory, String jvmArchitecture) throws UnavailableException {
        final byte[] library = read(jvmArchitecture);
        final Path file;
        try {
            file = extract(library, directory);
        } catch (IOException e) {
            throw new UnavailableException(
                    "libhotbus.so cannot be written to " + directory + ": " + e, e);
        }
        return open(file);
    }

    private static byte[] read(String jvmArchitecture) throws UnavailableException {
        final String architecture =
                ARCHITECTURES.getOrDefault(jvmArchitecture, jvmArchitecture);
        try (InputStream in = resource(architecture)) {
            if (in == null) {
                throw new UnavailableException("io.hotbus.os has no libhotbus.so for "
                        + architecture + "-linux; it was built for " + shipped()
                        + ". On a machine of that architecture run `apt-get install gcc make`"
                        + " and build hotbus again.", null);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UnavailableException(
                    "libhotbus.so of io.hotbus.os cannot be read: " + e, e);
        }
    }

    private static InputStream resource(String architecture) {
        return NativeLibrary.class.getResourceAsStream(
                "/native/" + architecture + "-linux/libhotbus.so");
    }

    private static String shipped() throws IOException {
        final List<String> shipped = new ArrayList<>();
        for (String architecture : new TreeSet<>(ARCHITECTURES.values())) {
            try (InputStream in = resource(architecture)) {
                if (in != null) {
                    shipped.add(architecture + "-linux");
                }
            }
        }
        return shipped.isEmpty() ? "no architecture" : String.join(", ", shipped);
    }

    /**
     * The library as a file named after its contents. A file that is already there may be mapped,
     * and truncating it would kill the JVM: it is left alone, or replaced by another file.
     */
    static Path extract(byte[] library, Path directory) throws IOException {
        final Path file = directory.resolve("libhotbus-" + digest(library) + ".so");
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), library)) {
            return file;
        }
        Files.createDirectories(directory);
        final Path part = Files.createTempFile(directory, "libhotbus-", ".part"); // mode 0600
        try {
            Files.write(part, library);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        return file;
    }

    private static String digest(byte[] bytes) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, DIGEST_PREFIX);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static NativeHotbus open(Path file) throws UnavailableException {
        final int version;
        final NativeHotbus hotbus;
        try {
            hotbus = LibraryLoader.create(NativeHotbus.class).failImmediately()
                    .load(file.toAbsolutePath().toString());
            version = hotbus.hb_abi_version();
        } catch (UnsatisfiedLinkError e) {
            throw new UnavailableException(file + " cannot be loaded: " + e.getMessage()
                    + " (is its file system mounted noexec?)", e);
        }
        if (version != NativeHotbus.ABI_VERSION) {
            throw new UnavailableException(file + " has ABI version " + version
                    + ", but io.hotbus.os was compiled against " + NativeHotbus.ABI_VERSION
                    + ". Build hotbus again.", null);
        }
        return hotbus;
    }
}
