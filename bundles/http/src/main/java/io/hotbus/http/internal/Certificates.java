// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Reads a certificate with its key from files. The messages of exceptions name the file. */
final class Certificates {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    private Certificates() {
    }

    /** The key and the chain in a PKCS #12 key store. */
    static SSLContext keyStore(Path file, String password) throws IOException {
        try (InputStream in = new ByteArrayInputStream(read(file))) {
            final KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            return context(file, keys, password);
        } catch (FileSystemException e) {
            throw e;
        } catch (GeneralSecurityException | IOException e) {
            throw new IOException("%s: no key store in PKCS #12 with this password: %s"
                    .formatted(file, e.getMessage()), e);
        }
    }

    /** The chain in one file, the server's own certificate first, and its key in another: PEM. */
    static SSLContext pem(Path chain, Path key) throws IOException {
        try {
            final Certificate[] certificates = chain(chain);
            final KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("server", key(key), new char[0], certificates);
            return context(chain, keys, "");
        } catch (GeneralSecurityException e) {
            throw new IOException("%s, %s: %s".formatted(chain, key, e.getMessage()), e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new FileSystemException(file.toString(), null, "there is no such file");
        }
    }

    private static Certificate[] chain(Path file) throws IOException {
        try {
            final Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file)))
                    .toArray(Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("%s: no certificates in PEM: %s"
                    .formatted(file, e.getMessage()), e);
        }
        throw new IOException("%s: no certificate in it".formatted(file));
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        final Matcher text =
                KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
        if (!text.find()) {
            throw new IOException("%s: no PRIVATE KEY in PEM, not encrypted (openssl pkcs8 -topk8 "
                    .formatted(file) + "-nocrypt makes one)");
        }
        final PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(
                Base64.getMimeDecoder().decode(text.group(1)));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                continue; // a key of another algorithm
            }
        }
        throw new IOException("%s: no key of %s".formatted(file, String.join(", ", ALGORITHMS)));
    }

    private static SSLContext context(Path file, KeyStore keys, String password)
            throws IOException, GeneralSecurityException {
        if (!hasKey(keys)) {
            throw new IOException("%s: no private key in it".formatted(file));
        }
        final KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password.toCharArray());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static boolean hasKey(KeyStore keys) throws GeneralSecurityException {
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)) {
                return true;
            }
        }
        return false;
    }
}
