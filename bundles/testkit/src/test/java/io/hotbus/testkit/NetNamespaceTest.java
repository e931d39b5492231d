// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

@Timeout(300)
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

    @Test
    void shouldReturnWhatACommandPrints() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            assertThat(namespace.run("ip", "-o", "link", "show", "lo"))
                    .contains("lo: <LOOPBACK,UP");
            assertThat(namespace.run("sh", "-c", "echo out; echo err >&2"))
                    .isEqualTo("out\nerr\n");
            assertThat(namespace.run("ip", "netns", "identify").strip())
                    .isEqualTo(namespace.name());
        }
    }

    @Test
    void shouldBeAnotherOneEachTime() throws Exception {
        try (NetNamespace one = NetNamespace.create(); NetNamespace other = NetNamespace.create()) {
            one.run("ip", "link", "add", "hb-test0", "type", "veth", "peer", "hb-test1");
            assertThat(other.name()).isNotEqualTo(one.name());
            assertThat(other.call(() -> sees("hb-test0"))).isFalse();
            assertThat(one.call(() -> other.call(() -> sees("hb-test0"))))
                    .as("from inside the first one").isFalse();
        }
    }

    @Test
    void shouldLeaveTheCallersThreadWhereItIs() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            namespace.run("ip", "link", "add", "hb-test0", "type", "veth", "peer", "hb-test1");
            assertThat(namespace.call(Thread::currentThread)).isNotSameAs(Thread.currentThread());
            assertThat(aThreadSees()).isFalse();
        }
    }

    @Test
    void shouldPassOnAFailedAssertion() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> namespace.call(() -> {
                throw new AssertionError("not so");
            })).withMessage("not so");
        }
    }

    @Test
    void shouldTakeItsInterfacesWithIt() throws Exception {
        final NetNamespace namespace = NetNamespace.create();
        try (NetNamespace other = NetNamespace.create()) {
            namespace.run("ip", "link", "add", "hb-test0", "type", "veth", "peer", "hb-test1");
            namespace.run("ip", "link", "set", "hb-test1", "netns", other.name());
            assertThat(other.call(() -> sees("hb-test1"))).isTrue();
            namespace.close();

            assertThat(other.run("ip", "netns", "list")).doesNotContain(namespace.name());
            Await.until("the kernel has removed the pair", () -> {
                try {
                    return !other.call(() -> sees("hb-test1"));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> namespace.run("true"))
                    .withMessageContaining(namespace.name());
        }
    }
}
