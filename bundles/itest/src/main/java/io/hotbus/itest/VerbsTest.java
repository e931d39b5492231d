// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.cli.Shell;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;

/** Tests verbs that another bundle provides. */
class VerbsTest {
    private final BundleContext context =
            FrameworkUtil.getBundle(VerbsTest.class).getBundleContext();
    private final Shell shell = context.getService(context.getServiceReference(Shell.class));

    private String run(String... words) throws Exception {
        return shell.run(List.of(words), Path.of(""));
    }

    /** Runs the verb and uninstalls its bundle; returns the class loader of the bundle. */
    private WeakReference<ClassLoader> useOnce() throws Exception {
        Bundle bundle = Bundles.startFixture("verb");
        WeakReference<ClassLoader> loader =
                new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
        try {
            assertThat(run("help", "show")).contains("a light of the card: link, power");
            assertThat(shell.candidates(List.of("show", "led"))).containsExactly("link", "power");
            assertThat(run("show", "led", "link")).isEqualTo("link is on");
            assertThat(run("show", "led", "link", Shell.JSON).replaceAll("\\s", ""))
                    .isEqualTo("{\"name\":\"link\",\"on\":true}");
        } finally {
            bundle.uninstall();
            Bundles.refresh(bundle);
        }
        return loader;
    }

    @Test
    void shouldComeAndGoWithTheirBundle() throws Exception {
        WeakReference<ClassLoader> loader = useOnce();

        assertThatThrownBy(() -> run("show", "led", "link"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'show led link' is not understood");
        assertThat(shell.candidates(List.of("show", "led"))).isEmpty();
        assertThat(run("help")).doesNotContain("led");
        Waiting.until("the class loader of the verb's bundle is still there", () -> {
            System.gc();
            return loader.get() == null;
        });
    }
}
