// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.http.HttpListener;
import io.hotbus.http.HttpServers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers, as they are configured now. A changed configuration makes a new component. */
@Component(configurationPid = ConfiguredServers.PID)
@Designate(ocd = HttpConfiguration.class)
public final class ConfiguredServers implements HttpServers {
    /** Where Configuration Admin keeps the settings. */
    public static final String PID = "io.hotbus.http";
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredServers.class);
    private static final String KEY_STORE = "keystore";
    private static final String KEY_STORE_PASSWORD = "keystore.password";
    private static final String CERTIFICATE = "certificate";
    private static final String KEY = "key";
    private static final String TOKEN = "token";
    private static final String NAMES = "names";
    private static final int SHORTEST_TOKEN = 16;
    private static final String BEARER = "Bearer ";

    /** @param flaw what is wrong; nothing is served then */
    private record Values(Optional<SSLContext> tls, Optional<String> token, Hosts hosts,
            Optional<String> flaw) {
        static Values of(Settings settings) throws SettingException {
            final Optional<SSLContext> tls = tls(settings);
            final Optional<String> token =
                    Optional.of(settings.text(TOKEN)).filter(t -> !t.isEmpty());
            if (token.isPresent() && token.get().length() < SHORTEST_TOKEN) {
                throw new SettingException(PID, "%s: %s characters at least are needed"
                        .formatted(TOKEN, SHORTEST_TOKEN)); // without the token itself
            }
            final Set<String> names = Arrays.stream(settings.text(NAMES).split("[\\s,]+"))
                    .map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
            return new Values(tls, token, new Hosts(names), Optional.empty());
        }

        private static Optional<SSLContext> tls(Settings settings) throws SettingException {
            final Optional<Path> store = path(settings, KEY_STORE);
            final Optional<Path> certificate = path(settings, CERTIFICATE);
            final Optional<Path> key = path(settings, KEY);
            final String password = settings.text(KEY_STORE_PASSWORD);
            if (store.isPresent() && certificate.isPresent()) {
                throw settings.wrong(CERTIFICATE, "either this or a key store");
            }
            if (certificate.isPresent() != key.isPresent()) {
                throw settings.wrong(certificate.isPresent() ? KEY : CERTIFICATE,
                        "a certificate and its key go together");
            }
            try {
                if (store.isPresent()) {
                    return Optional.of(Certificates.keyStore(store.get(), password));
                }
                return key.isPresent() ? Optional.of(Certificates.pem(certificate.get(), key.get()))
                        : Optional.empty();
            } catch (IOException e) {
                throw new SettingException(PID, e.getMessage());
            }
        }

        private static Optional<Path> path(Settings settings, String key) throws SettingException {
            return settings.text(key).isEmpty() ? Optional.empty()
                    : Optional.of(settings.path(key, ""));
        }
    }

    private final Values values;

    /** Reads the settings. If they are wrong, that is logged, and nothing is served. */
    @Activate
    public ConfiguredServers(Map<String, Object> properties) {
        Values read;
        try {
            read = Settings.read(PID, properties, Values::of);
        } catch (SettingException e) {
            LOG.error("{} (nothing is served until that is corrected)", e.getMessage());
            read = new Values(Optional.empty(), Optional.empty(), new Hosts(Set.of()),
                    Optional.of(e.getMessage()));
        }
        this.values = read;
    }

    @Override
    public HttpListener listen(String name, InetSocketAddress address, HttpHandler handler)
            throws IOException {
        if (values.flaw().isPresent()) {
            throw new IOException(values.flaw().get());
        }
        final Server server = new Server(name, address, values.tls(), handler);
        if (values.tls().isEmpty() && !address.getAddress().isLoopbackAddress()) {
            LOG.warn("{}: {}: passwords and tokens can be read on the way (certificate of {})",
                    name, server.url(), PID);
        }
        return server;
    }

    @Override
    public boolean hasToken() {
        return values.token().isPresent();
    }

    @Override
    public boolean bearsToken(HttpExchange request) {
        final String given = request.getRequestHeaders().getFirst("Authorization");
        return hasToken() && given != null && MessageDigest.isEqual(bytes(given),
                bytes(BEARER + values.token().get()));
    }

    @Override
    public boolean isForUs(HttpExchange request) {
        return values.hosts().isOurs(
                Optional.ofNullable(request.getRequestHeaders().getFirst("Host")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
