// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.hotbus.http.HttpListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers of the JDK, as they are configured, and clients with plain sockets. */
class ServersTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String TOKEN = "0123456789abcdef";
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private static void answer(ConfiguredServers servers, HttpExchange exchange)
            throws IOException {
        if (exchange.getRequestURI().getPath().equals("/fail")) {
            throw new IllegalStateException("as the test wants it");
        }
        final byte[] text = "token %s, for us %s".formatted(servers.bearsToken(exchange),
                servers.isForUs(exchange)).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static HttpListener listen(ConfiguredServers servers) throws IOException {
        return servers.listen("test", ANY_PORT, exchange -> answer(servers, exchange));
    }

    private static String ask(Socket socket, String path, String... headers) throws IOException {
        final OutputStream out = socket.getOutputStream();
        out.write("GET %s HTTP/1.1\r\nConnection: close\r\n%s\r\n".formatted(path,
                headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.flush();
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Socket client(HttpListener server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port(server));
    }

    private static int port(HttpListener server) {
        return Integer.parseInt(server.url().replaceFirst(".*:", ""));
    }

    @Test
    void shouldCompareTheToken() throws Exception {
        final ConfiguredServers servers = new ConfiguredServers(Map.of("token", TOKEN));
        try (HttpListener server = listen(servers)) {
            assertThat(ask(client(server), "/", "Host: localhost", "Authorization: Bearer "
                    + TOKEN)).contains("token true");
            assertThat(ask(client(server), "/", "Host: localhost", "Authorization: Bearer "
                    + TOKEN + "x")).contains("token false");
            assertThat(ask(client(server), "/", "Host: localhost")).contains("token false");
        }
        assertThat(new ConfiguredServers(Map.of()).hasToken()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"localhost,true", "LOCALHOST:80,true", "127.0.0.1:1,true", "[::1]:65535,true",
        "10.0.0.7,true", "nic7.example,true", "nic7.example:9187,true", "evil.example,false",
        "localhost.evil.example,false", "127.0.0.1.evil.example,false", "'',false",
        "localhost@evil.example,false", "[::1,false"})
    void shouldKnowItsNames(String host, boolean ours) throws Exception {
        final ConfiguredServers servers = new ConfiguredServers(
                Map.of("names", new String[] {"NIC7.example", "other"}));
        try (HttpListener server = listen(servers)) {
            assertThat(ask(client(server), "/", "Host: " + host)).contains("for us " + ours);
        }
    }

    @Test
    void shouldGoOnAfterAHandlerThatFails() throws Exception {
        try (HttpListener server = listen(new ConfiguredServers(Map.of()))) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(client(server), "/fail", "Host: localhost"))
                        .startsWith("HTTP/1.1 500");
            }
            assertThat(ask(client(server), "/", "Host: localhost")).startsWith("HTTP/1.1 200");
        }
    }

    private KeyStore makeKeyStore(String algorithm) throws Exception {
        final Path file = folder.resolve("keys.p12");
        final Process keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(), "-genkeypair",
                "-keyalg", algorithm, "-alias", "a", "-dname", "CN=localhost", "-ext",
                "san=ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", file.toString(),
                "-storepass", PASSWORD).redirectErrorStream(true).start();
        assertThat(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("Exception");
        assertThat(keytool.waitFor()).isZero();
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static SSLSocketFactory trusting(KeyStore keys) throws Exception {
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        final TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private void writePem(String file, String what, byte[] content) throws IOException {
        Files.writeString(folder.resolve(file), "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
    }

    @Test
    void shouldSpeakTlsWithAKeyStore() throws Exception {
        final KeyStore keys = makeKeyStore("EC");
        try (HttpListener server = listen(new ConfiguredServers(Map.of("keystore",
                folder.resolve("keys.p12").toString(), "keystore.password", PASSWORD)))) {
            assertThat(server.url()).startsWith("https://127.0.0.1:");
            try (Socket client = trusting(keys).createSocket("127.0.0.1", port(server))) {
                assertThat(ask(client, "/", "Host: localhost")).contains("for us true");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EC", "RSA", "Ed25519"})
    void shouldSpeakTlsWithPem(String algorithm) throws Exception {
        final KeyStore keys = makeKeyStore(algorithm);
        writePem("chain.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
        writePem("key.pem", "PRIVATE KEY", keys.getKey("a", PASSWORD.toCharArray()).getEncoded());
        try (HttpListener server = listen(new ConfiguredServers(Map.of(
                "certificate", folder.resolve("chain.pem").toString(),
                "key", folder.resolve("key.pem").toString())));
                Socket client = trusting(keys).createSocket("127.0.0.1", port(server))) {
            assertThat(ask(client, "/", "Host: localhost")).contains("for us true");
        }
    }

    private static void assertFlaw(String said, Map<String, Object> settings) {
        final ConfiguredServers servers = new ConfiguredServers(settings);
        assertThatThrownBy(() -> listen(servers)).isInstanceOf(IOException.class)
                .hasMessageContaining(said);
    }

    @Test
    void shouldServeNothingWithSettingsThatAreWrong() throws Exception {
        makeKeyStore("EC");
        final String store = folder.resolve("keys.p12").toString();
        final String absent = folder.resolve("absent.pem").toString();
        assertFlaw("with this password", Map.of("keystore", store, "keystore.password", "no"));
        assertFlaw("absent.pem: there is no such file", Map.of("keystore", absent));
        assertFlaw("an absolute path is needed", Map.of("keystore", "keys.p12"));
        assertFlaw("either this or a key store", Map.of("keystore", store, "certificate", absent));
        assertFlaw("a certificate and its key go together", Map.of("key", absent));
        assertFlaw("keys.p12: no certificate", Map.of("certificate", store, "key", store));
        assertFlaw("there is no such setting", Map.of("keystor", store));
        assertFlaw("16 characters at least are needed", Map.of("token", "secret"));
        assertThatThrownBy(() -> listen(new ConfiguredServers(Map.of("token", "secret"))))
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldAnswerWhileOthersAreSlow() throws Exception {
        final List<Socket> slow = new ArrayList<>();
        try (HttpListener server = listen(new ConfiguredServers(Map.of()))) {
            for (int i = 0; i < 40; i++) {
                slow.add(client(server));
                slow.get(i).getOutputStream().write("POST / HTTP/1.1\r\nHost: x\r\nConte"
                        .getBytes(StandardCharsets.UTF_8));
            }
            assertThat(ask(client(server), "/", "Host: localhost")).startsWith("HTTP/1.1 200");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void shouldSayThatAPortIsTaken() throws Exception {
        final ConfiguredServers servers = new ConfiguredServers(Map.of());
        try (HttpListener server = listen(servers)) {
            final InetSocketAddress taken =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port(server));
            assertThatThrownBy(() -> servers.listen("second", taken, exchange -> { }))
                    .isInstanceOf(IOException.class).hasMessageContaining("in use");
        }
    }
}
