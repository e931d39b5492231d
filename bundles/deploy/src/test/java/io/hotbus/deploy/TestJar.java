// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes a small bundle. */
final class TestJar {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<Class<?>> classes = new ArrayList<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    TestJar(String name, String version) {
        headers.put("Bundle-ManifestVersion", "2");
        headers.put("Bundle-SymbolicName", name);
        headers.put("Bundle-Version", version);
        headers.put("Import-Package", "org.osgi.framework");
    }

    TestJar header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** With that class in it, too. */
    TestJar and(Class<?> type) {
        classes.add(type);
        return this;
    }

    TestJar activator(Class<?> type) {
        classes.add(type);
        return header("Bundle-Activator", type.getName());
    }

    TestJar component(Class<?> type, String references) {
        return component(type, references, "");
    }

    /** @param references further elements of the component's description, and its attributes */
    TestJar component(Class<?> type, String references, String attributes) {
        classes.add(type);
        texts.put("OSGI-INF/component.xml", """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="%s"
                    immediate="true" %s><implementation class="%s"/>%s</scr:component>
                """.formatted(type.getSimpleName(), attributes, type.getName(), references));
        return header("Service-Component", "OSGI-INF/component.xml");
    }

    TestJar text(String path, String text) {
        texts.put(path, text);
        return this;
    }

    /** Writes it into a folder, or over the file that is there. */
    Path write(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach((name, value) ->
                manifest.getMainAttributes().putValue(name, value));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (Class<?> type : classes) {
                String path = type.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new ZipEntry(path));
                try (InputStream in = type.getClassLoader().getResourceAsStream(path)) {
                    in.transferTo(jar);
                }
            }
            for (Map.Entry<String, String> text : texts.entrySet()) {
                jar.putNextEntry(new ZipEntry(text.getKey()));
                jar.write(text.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }
}
