// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Enumeration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A file that is a complete bundle. Immutable; each reading of a file creates a new object.
 *
 * @param name its symbolic name
 */
record BundleJar(Path file, String name, Version version) {
    /** The names of the framework as a host. */
    private static final Pattern EXTENDED =
            Pattern.compile("(system\\.bundle|org\\.apache\\.felix\\.framework)\\b");

    /** @throws DeployException what is wrong with the file and what to do, without its name */
    static BundleJar read(Path file) throws DeployException {
        try {
            requireOwn(file);
            try (JarFile jar = new JarFile(file.toFile())) {
                readThrough(jar);
                return of(file, jar.getManifest());
            }
        } catch (NoSuchFileException e) {
            throw new DeployException("no such file", e);
        } catch (ZipException | SecurityException e) {
            throw new DeployException("is not a complete jar (" + e.getMessage()
                    + "): copy it again, under another name, and rename it into place", e);
        } catch (IOException e) {
            throw new DeployException("cannot be read: " + e, e);
        }
    }

    private static void requireOwn(Path file) throws IOException, DeployException {
        if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new DeployException("others may write to it and have any code run here: "
                    + "chmod o-w " + file);
        }
    }

    /** Reads all entries: the checksum is compared at the end of each. */
    private static void readThrough(JarFile jar) throws IOException {
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
            try (InputStream in = jar.getInputStream(entries.nextElement())) {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    private static BundleJar of(Path file, Manifest manifest) throws DeployException {
        Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String name = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
        String version = headers.getValue(Constants.BUNDLE_VERSION);
        if (name == null) {
            throw new DeployException("is a jar, but no bundle: its manifest has no"
                    + " Bundle-SymbolicName (bnd makes one)");
        }
        String host = headers.getValue(Constants.FRAGMENT_HOST);
        if (host != null && EXTENDED.matcher(host).lookingAt()) {
            throw new DeployException("is an extension of the framework, which would have to"
                    + " restart: put it into the product while nothing runs");
        }
        try {
            return new BundleJar(file, name.replaceFirst(";.*", "").strip(),
                    Version.parseVersion(version));
        } catch (IllegalArgumentException e) {
            throw new DeployException("Bundle-Version " + version + " is no version (as 1.2.3)", e);
        }
    }

    /** The location of the bundle in the framework. */
    String location() {
        return file.toUri().toString();
    }

    InputStream open() throws IOException {
        return new FileInputStream(file.toFile());
    }

    /** {@code org.acme.bus 1.0.0}. */
    String label() {
        return name + " " + version;
    }
}
