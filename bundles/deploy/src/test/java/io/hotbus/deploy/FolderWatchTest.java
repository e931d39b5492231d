// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.deploy.sample.GoodActivator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and links that come, change and go. */
class FolderWatchTest {
    @TempDir
    private Path root;
    private Path folder;
    private DeployStack stack;
    private FolderWatch watch;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectory(root.resolve("deploy"));
        stack = new DeployStack(root.resolve("cache"));
    }

    @AfterEach
    void close() throws Exception {
        watch.close();
        stack.close();
    }

    private void watch() {
        watch = new FolderWatch(folder, Duration.ofMillis(50), stack.deployments);
    }

    /** All of one size and time, as those of a reproducible build are. */
    private Path jar(String path, String version) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        new TestJar("a", version).activator(GoodActivator.class).write(file);
        return Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }

    private void link(String name, String target) throws IOException {
        Path link = folder.resolve(name);
        Path made = Files.createSymbolicLink(root.resolve("link"), Path.of(target));
        Files.move(made, link, StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void shouldHaveToldOfWhatWasThereAtTheBeginning() throws Exception {
        jar("deploy/a.jar", "1");
        watch();
        assertThat(stack.bundles.byName("a")).isPresent();
    }

    @Test
    void shouldTellOfFilesThatComeChangeAndGo() throws Exception {
        watch();
        Path file = jar("deploy/a.jar", "1");
        stack.lines.await("INFO a 1.0.0: started");
        Files.move(jar("b.jar", "2"), file, StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        stack.lines.await("INFO a 2.0.0: updated from 1.0.0");
        Files.delete(file);
        stack.lines.await("INFO a 2.0.0: uninstalled");
    }

    @Test
    void shouldFollowALinkThatIsSwapped() throws Exception {
        jar("one.jar", "1");
        jar("two.jar", "2");
        link("a.jar", "../one.jar");
        watch();
        link("a.jar", "../two.jar");
        stack.lines.await("INFO a 2.0.0: updated from 1.0.0");
    }

    /** As Kubernetes lays out a volume: a.jar, ..data/a.jar, ..data is swapped. */
    @Test
    void shouldFollowAFolderThatIsSwapped() throws Exception {
        jar("deploy/..2026_01/a.jar", "1");
        jar("deploy/..2026_02/a.jar", "2");
        link("..data", "..2026_01");
        link("a.jar", "..data/a.jar");
        watch();
        link("..data", "..2026_02");
        stack.lines.await("INFO a 2.0.0: updated from 1.0.0");
    }

    @Test
    void shouldKeepWhatRunsWhenItsLinkLeadsNowhere() throws Exception {
        Path file = jar("one.jar", "1");
        link("a.jar", "../one.jar");
        link("b.jar", "../nothing.jar");
        watch();
        stack.lines.await("ERROR " + folder.resolve("b.jar") + ": is a link that leads to no file");

        Files.delete(file);
        assertThat(stack.lines.await("ERROR " + folder.resolve("a.jar")
                + ": is a link that leads to no file").get(0))
                .endsWith("(what was deployed from it goes on)");
        jar("one.jar", "2");
        stack.lines.await("INFO a 2.0.0: updated from 1.0.0");

        Files.delete(folder.resolve("a.jar"));
        stack.lines.await("INFO a 2.0.0: uninstalled");
    }

    @Test
    void shouldNotLookAtHiddenFiles() throws Exception {
        jar("deploy/.a.jar", "1");
        watch();
        assertThat(stack.bundles.byName("a")).isEmpty();
    }

    /** A thread that opened a pipe would wait for ever. */
    @Test
    void shouldLookAtFilesOnly() throws Exception {
        Files.createDirectory(folder.resolve("b.jar"));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("c.jar").toString()).start()
                .waitFor()).isZero();
        jar("deploy/d.jar", "1");
        watch();
        assertThat(stack.bundles.byName("a")).isPresent();
        // The watch of another test may still say that its own folder is gone.
        assertThat(stack.lines.all()).noneMatch(line -> line.startsWith("ERROR " + root));
    }

    @Test
    void shouldKeepWhatRunsWhenTheFolderCannotBeRead() throws Exception {
        jar("deploy/a.jar", "1");
        watch();
        Files.move(folder, root.resolve("away"));
        stack.lines.await("ERROR " + folder + ": cannot be read: ");
        assertThat(stack.bundles.byName("a")).isPresent();
    }

    /** A copy of a file is another file of the same bundle. */
    @Test
    void shouldGoOnFromACopyOfTheFileThatIsDeleted() throws Exception {
        Path first = jar("deploy/a.jar", "1");
        jar("deploy/copy-of-a.jar", "1");
        watch();
        Files.delete(first);
        stack.lines.await("INFO a 1.0.0: updated from 1.0.0");
        assertThat(stack.deployments.file(stack.bundles.byName("a").orElseThrow()))
                .contains(folder.resolve("copy-of-a.jar"));
    }
}
