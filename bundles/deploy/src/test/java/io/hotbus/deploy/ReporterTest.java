// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import io.hotbus.deploy.sample.SlowlyThrowingComponent;
import io.hotbus.deploy.sample.ThrowingActivator;
import io.hotbus.deploy.sample.ThrowingComponent;
import io.hotbus.deploy.sample.WaitingComponent;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReporterTest {
    @TempDir
    private Path folder;
    private Path file;
    private DeployStack stack;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("a.jar");
        stack = new DeployStack(folder.resolve("cache"));
    }

    @AfterEach
    void close() throws Exception {
        stack.close();
    }

    private void deploy(TestJar jar) throws Exception {
        stack.deployments.changed(jar.write(file));
    }

    private void said(String line) throws InterruptedException {
        assertThat(stack.lines.await(line)).as(line).hasSize(1);
    }

    @Test
    void shouldTellEachStep() throws Exception {
        deploy(new TestJar("a", "1").activator(GoodActivator.class));
        deploy(new TestJar("a", "2").activator(GoodActivator.class));
        stack.deployments.removed(file);
        assertThat(stack.lines.all()).filteredOn(line -> line.startsWith("INFO a "))
                .containsExactly(
                "INFO a 1.0.0: installed from " + file, "INFO a 1.0.0: started",
                "INFO a 1.0.0: stopped", "INFO a 2.0.0: updated from 1.0.0",
                "INFO a 2.0.0: started", "INFO a 2.0.0: stopped", "INFO a 2.0.0: uninstalled");
    }

    @Test
    void shouldNameTheMissingPackage() throws Exception {
        deploy(new TestJar("a", "1").header("Import-Package",
                "org.nowhere;version=\"[1.0,2)\",org.osgi.framework;version=\"[7,8)\""));
        said("ERROR a 1.0.0: does not resolve: imports org.nowhere [1.0.0,2.0.0), which no bundle"
                + " exports: put the one that does into deploy/, too; imports org.osgi.framework"
                + " [7.0.0,8.0.0), but org.apache.felix.framework 7.0.5 exports 1.10.0");
    }

    @Test
    void shouldNameTheMissingCapability() throws Exception {
        deploy(new TestJar("a", "1").header("Require-Capability", "acme;filter:=\"(size=2)\""));
        said("requires acme (size=2), which no bundle provides");
    }

    @Test
    void shouldNameWhatTheProviderLacks() throws Exception {
        Path other = folder.resolve("b.jar");
        stack.deployments.changed(new TestJar("b", "1").header("Export-Package", "org.b")
                .header("Import-Package", "org.nowhere").write(other));
        deploy(new TestJar("a", "1").header("Import-Package", "org.b"));
        said("a 1.0.0: does not resolve: b 1.0.0, which it needs, does not resolve: imports"
                + " org.nowhere, which no bundle exports");
    }

    @Test
    void shouldNameTheJavaItNeeds() throws Exception {
        deploy(new TestJar("a", "1").header("Require-Capability",
                "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""));
        said("a 1.0.0: does not resolve: needs Java 99, this is " + Runtime.version().feature());
    }

    @Test
    void shouldSayWhatTheActivatorThrew() throws Exception {
        deploy(new TestJar("a", "1").activator(ThrowingActivator.class));
        said("ERROR a 1.0.0: does not start: IllegalStateException: no such card");
        deploy(new TestJar("a", "1").activator(GoodActivator.class));
        said("INFO a 1.0.0: works now");
    }

    @Test
    void shouldSayWhatAComponentThrew() throws Exception {
        deploy(new TestJar("a", "1").component(ThrowingComponent.class, ""));
        said("ERROR a 1.0.0: component ThrowingComponent failed: IllegalStateException:"
                + " no such card");
        assertThat(stack.lines.all()).filteredOn(line -> line.startsWith("ERROR"))
                .as("said once").hasSize(1);
    }

    /** By the time a bundle is looked at it is not known yet. */
    @Test
    void shouldSayWhatAComponentThrewAfterAWhile() throws Exception {
        deploy(new TestJar("a", "1").component(SlowlyThrowingComponent.class, ""));
        said("ERROR a 1.0.0: component SlowlyThrowingComponent failed: IllegalStateException:"
                + " no such card");
    }

    @Test
    void shouldSayWhatAComponentWaitsForAndWhenItCame() throws Exception {
        deploy(new TestJar("a", "1").component(WaitingComponent.class, "<reference name=\"needed\""
                + " interface=\"java.lang.Runnable\" bind=\"bind\" cardinality=\"1..1\"/>"));
        said("WARN a 1.0.0: component WaitingComponent waits for a service java.lang.Runnable");
        stack.framework.context().registerService(Runnable.class, () -> { }, null);
        said("INFO a 1.0.0: works now");
    }

    @Test
    void shouldWarnOfABundleThatRunsNothing() throws Exception {
        deploy(new TestJar("a", "1"));
        said("WARN a 1.0.0: runs nothing");
    }
}
