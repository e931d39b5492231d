// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.eal.bus.Devargs;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Files of a deployment, written to a folder and read as the product reads them. */
final class Files {
    private final Path folder;
    private final List<ConfiguredFile> all = new ArrayList<>();

    Files(Path folder) {
        this.folder = folder;
    }

    Files device(String name, String... lines) throws IOException {
        return add(DeviceFile.PID, Optional.of(name), DeviceFile.PID + "-" + name, lines);
    }

    Files forwarding(String... lines) throws IOException {
        return add(ForwardingFile.PID, Optional.empty(), ForwardingFile.PID, lines);
    }

    Files add(String pid, Optional<String> name, String fileName, String... lines)
            throws IOException {
        Path path = folder.resolve(fileName + ".cfg");
        java.nio.file.Files.write(path, List.of(lines));
        Properties read = new Properties();
        read.load(new StringReader(String.join("\n", lines)));
        Map<String, Object> properties = new HashMap<>();
        read.stringPropertyNames().forEach(key -> properties.put(key, read.getProperty(key)));
        properties.put("felix.fileinstall.filename", path.toUri().toString());
        properties.put("service.pid", pid);
        all.add(new ConfiguredFile(pid, name, properties));
        return this;
    }

    List<ConfiguredFile> all() {
        return all;
    }

    Deployment read(String... commandLine) throws Exception {
        return Deployment.read(all, Arguments.of(List.of(commandLine)), Devargs::name);
    }
}
