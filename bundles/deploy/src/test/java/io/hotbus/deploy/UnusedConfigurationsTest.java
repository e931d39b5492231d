// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodComponent;
import io.hotbus.deploy.sample.WaitingComponent;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ManagedService;

class UnusedConfigurationsTest {
    @TempDir
    private Path folder;
    private DeployStack stack;
    private ConfigurationAdmin admin;

    @BeforeEach
    void open() throws Exception {
        stack = new DeployStack(folder.resolve("cache"));
        BundleContext context = stack.framework.context();
        admin = context.getService(context.getServiceReference(ConfigurationAdmin.class));
        context.registerService(ManagedService.class, properties -> { },
                new Hashtable<>(Map.of("service.pid", "org.managed")));
        stack.deployments.changed(new TestJar("a", "1")
                .component(GoodComponent.class, "", "configuration-pid=\"org.acme\"")
                .write(folder.resolve("a.jar")));
        stack.deployments.changed(new TestJar("b", "1").component(WaitingComponent.class, "")
                .write(folder.resolve("b.jar")));
    }

    @AfterEach
    void close() throws Exception {
        stack.close();
    }

    private Configuration configure(String pid) throws Exception {
        return configure(admin.getConfiguration(pid, "?"), pid);
    }

    private static Configuration configure(Configuration configuration, String name)
            throws Exception {
        Dictionary<String, String> properties = new Hashtable<>();
        properties.put("felix.fileinstall.filename", "file:/etc/" + name + ".cfg");
        configuration.update(properties);
        return configuration;
    }

    private static String warning(String name, String pid) {
        return "WARN file:/etc/%s.cfg: no bundle has settings of the name %s (there are: org.acme)"
                .formatted(name, pid);
    }

    @Test
    void shouldTellOfThoseThatNothingAsksFor() throws Exception {
        configure("org.acme");
        configure("org.managed");
        configure("WaitingComponent");
        configure(admin.getFactoryConfiguration("org.acme", "one", "?"), "org.acme~one");
        configure(admin.getFactoryConfiguration("org.nobody", "one", "?"), "org.nobody~one");
        configure("org.amce");

        stack.lines.await(warning("org.amce", "org.amce"));
        stack.lines.await(warning("org.nobody~one", "org.nobody"));
        assertThat(stack.lines.all()).filteredOn(line -> line.startsWith("WARN")
                && line.contains("no bundle has settings")).hasSize(2);
    }

    @Test
    void shouldTellOnceAndAgainWhenItReturns() throws Exception {
        Configuration wrong = configure("org.amce");
        stack.lines.await(warning("org.amce", "org.amce"));
        configure(wrong, "org.amce");
        awaitALook("org.first");

        wrong.delete();
        awaitALook("org.second");

        configure("org.amce");
        stack.lines.await(warning("org.amce", "org.amce"), 2);
        awaitALook("org.third");
        assertThat(stack.lines.all()).filteredOn(line -> line.contains("amce")).hasSize(2);
    }

    private static Dictionary<String, Object> of(Path file, Map<String, Object> more) {
        Dictionary<String, Object> properties = new Hashtable<>(more);
        properties.put("felix.fileinstall.filename", file.toUri().toString());
        return properties;
    }

    @Test
    void shouldSayThatAPidWithAHyphenHasNoFile() throws Exception {
        Path file = folder.resolve("org-acme.cfg");
        stack.framework.context().registerService(ManagedService.class, values -> { },
                new Hashtable<>(Map.of("service.pid", "org-acme")));
        admin.getFactoryConfiguration("org", "acme", "?").update(of(file, Map.of("x", "1")));
        stack.lines.await("WARN " + file.toUri() + ": '-' in the name of a file makes a factory"
                + " configuration of org: a PID with '-' cannot be set by a file");
    }

    @Test
    void shouldWarnOfTypesThatAreTakenForText() throws Exception {
        Path file = folder.resolve("org.acme.config");
        admin.getConfiguration("org.acme", "?").update(of(file, Map.of("port", "I\"8080\"",
                "name", "\"x\"", "list", "[\"a\", \"b\"]", "path", "/x")));
        String warning = "WARN " + file.toUri() + ": %s is taken with its quotes and its type";
        stack.lines.await(warning.formatted("port=I\"8080\""));
        stack.lines.await(warning.formatted("name=\"x\""));
        stack.lines.await(warning.formatted("list=[\"a\", \"b\"]"));
        assertThat(stack.lines.all()).noneMatch(line -> line.contains("path="));
    }

    /** At all that is configured now. */
    private void awaitALook(String unused) throws Exception {
        configure(unused);
        stack.lines.await(warning(unused, unused));
    }
}
