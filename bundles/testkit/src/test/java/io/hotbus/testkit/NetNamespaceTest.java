// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

@Timeout(60)
@EnabledIf("isRoot")
class NetNamespaceTest {
    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static boolean sees(String name) throws Exception {
        return new ProcessBuilder("ip", "link", "show", name).start().waitFor() == 0;
    }

    /** Whether a thread that this one starts sees the interface. */
    private boolean aThreadSees() throws Exception {
        final FutureTask<Boolean> look = new FutureTask<>(() -> sees("hb-test1"));
        new Thread(look).start();
        return look.get();
    }

    @Test
    void shouldRunABodyAmongItsOwnInterfaces() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            namespace.run("ip", "link", "add", "hb-test0", "type", "veth", "peer", "hb-test1");

            assertThat(sees("hb-test0")).isFalse();
            assertThat(namespace.call(() -> sees("hb-test0"))).isTrue();
            assertThat(namespace.call(this::aThreadSees)).isTrue();
        }
    }

    @Test
    void shouldPassOnWhatABodyThrows() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> namespace.call(() -> {
                throw new IOException("no such interface");
            })).withMessage("no such interface");
        }
    }

    @Test
    void shouldSayWhyACommandFailed() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> namespace.run("ip", "link", "del", "nowhere"))
                    .withMessageContaining("Cannot find device \"nowhere\"");
        }
    }
}
