// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.web.WebAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;

/** The files of the page, which are in the bundle. Any thread. */
final class Assets {
    private static final String PAGE = "io/hotbus/web/page";
    private static final String PLOT = "META-INF/resources/webjars/uplot";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, WebAnswer> files = new HashMap<>();

    /**
     * Reads all files.
     *
     * @throws IOException the bundle cannot be read
     */
    Assets(Bundle bundle) throws IOException {
        read(bundle, PAGE);
        read(bundle, PLOT);
        files.put("", files.get("index.html"));
    }

    private void read(Bundle bundle, String folder) throws IOException {
        final Enumeration<URL> found = bundle.findEntries(folder, "*.*", true);
        while (found != null && found.hasMoreElements()) {
            final URL file = found.nextElement();
            final String name = file.getPath().substring(file.getPath().lastIndexOf('/') + 1);
            final String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            if (type != null) {
                try (InputStream in = file.openStream()) {
                    files.put(name, new WebAnswer(WebAnswer.OK, type, in.readAllBytes()));
                }
            }
        }
    }

    /** The file of that name. */
    Optional<WebAnswer> file(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
