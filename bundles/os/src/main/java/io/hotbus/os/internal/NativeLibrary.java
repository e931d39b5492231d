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
import java.util.Optional;
import java.util.TreeSet;
import jnr.ffi.LibraryLoader;

/**
 * Loads libhotbus.so, which this bundle contains for several architectures. Works with and without
 * a framework: the library is a resource of the class loader.
 */
public final class NativeLibrary {
    /** The JVM's name of an architecture, and the name of its folder in native/. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "aarch64");

    private static final int DIGEST_PREFIX = 8;

    private NativeLibrary() {
    }

    /** The library is not available; the message says why and what to do. */
    public static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnavailableException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Loads the library of this machine's architecture from {@code directory}, or, if that cannot
     * be written to or is mounted noexec, from a new folder below {@code java.io.tmpdir}.
     *
     * @param directory where to put the file; it must stay there while the JVM runs
     */
    public static NativeHotbus load(Path directory) throws UnavailableException {
        return load(directory, System.getProperty("os.arch"));
    }

    static NativeHotbus load(Path directory, String jvmArchitecture) throws UnavailableException {
        final byte[] library = read(jvmArchitecture);
        final List<String> obstacles = new ArrayList<>();
        final Optional<NativeHotbus> loaded = load(() -> extract(library, directory), obstacles)
                .or(() -> load(() -> extractTemporarily(library), obstacles));
        return requireRightVersion(loaded.orElseThrow(() -> new UnavailableException(
                "libhotbus.so " + String.join(", and ", obstacles) + " (-Djava.io.tmpdir=DIR names"
                + " another folder for it, which must not be mounted noexec)", null)));
    }

    /** Writes the library, and returns the file. */
    private interface Extraction {
        Path extract() throws IOException;
    }

    private static Optional<NativeHotbus> load(Extraction extraction, List<String> obstacles) {
        try {
            return Optional.of(open(extraction.extract()));
        } catch (IOException e) {
            obstacles.add("cannot be written (" + e + ")");
        } catch (UnsatisfiedLinkError e) {
            obstacles.add("cannot be loaded (" + e.getMessage().lines().findFirst().orElse("")
                    + ")");
        }
        return Optional.empty();
    }

    /** Extracts into a new folder, because another user may own an existing one. */
    private static Path extractTemporarily(byte[] library) throws IOException {
        final Path directory = Files.createTempDirectory("hotbus-");
        directory.toFile().deleteOnExit();
        final Path file = extract(library, directory);
        file.toFile().deleteOnExit();
        return file;
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
     * Writes the library to a file named after its contents. An existing file may be mapped, and
     * truncating it would kill the JVM, so it is kept or replaced by another file.
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

    /**
     * Loads the file.
     *
     * @throws UnsatisfiedLinkError its file system is mounted noexec, or it is not a library
     */
    static NativeHotbus open(Path file) {
        return LibraryLoader.create(NativeHotbus.class).failImmediately()
                .load(file.toAbsolutePath().toString());
    }

    private static NativeHotbus requireRightVersion(NativeHotbus hotbus)
            throws UnavailableException {
        final int version = hotbus.hb_abi_version();
        if (version != NativeHotbus.ABI_VERSION) {
            throw new UnavailableException("libhotbus.so has ABI version " + version
                    + ", but io.hotbus.os was compiled against " + NativeHotbus.ABI_VERSION
                    + ". Build hotbus again.", null);
        }
        return hotbus;
    }
}
