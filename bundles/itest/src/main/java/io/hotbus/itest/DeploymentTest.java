// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.cli.Shell;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Tests a deployment that configurations describe, without a launcher and without files. */
@Timeout(300)
class DeploymentTest {
    private static final String FACTORY = "io.hotbus.device";

    private final BundleContext context =
            FrameworkUtil.getBundle(DeploymentTest.class).getBundleContext();
    private Bundle gogo;
    private Bundle testpmd;

    @BeforeEach
    void install() throws Exception {
        gogo = install("itest.gogo");
        testpmd = install("itest.testpmd");
    }

    private Bundle install(String property) throws Exception {
        Bundle bundle = context.installBundle(
                Path.of(System.getProperty(property)).toUri().toString());
        bundle.start();
        return bundle;
    }

    @AfterEach
    void uninstall() throws Exception {
        ConfigurationAdmin admin = service(ConfigurationAdmin.class);
        Configuration[] left =
                admin.listConfigurations("(|(service.factoryPid=" + FACTORY + ")"
                        + "(service.pid=io.hotbus.forwarding))");
        for (Configuration each : left == null ? new Configuration[0] : left) {
            each.delete();
        }
        testpmd.uninstall();
        gogo.uninstall();
        Bundles.refresh(testpmd, gogo);
        Waiting.until("ports are left behind", () -> service(PortRegistry.class).ports().isEmpty());
    }

    private <S> S service(Class<S> type) {
        return context.getService(context.getServiceReference(type));
    }

    private Configuration device(String name, Object... pairs) throws Exception {
        Configuration configuration = service(ConfigurationAdmin.class)
                .getFactoryConfiguration(FACTORY, name, "?");
        configuration.update(values(pairs));
        return configuration;
    }

    private static Dictionary<String, Object> values(Object... pairs) {
        Dictionary<String, Object> values = new Hashtable<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i].toString(), pairs[i + 1]);
        }
        return values;
    }

    private Optional<Port> started(String name) {
        return service(PortRegistry.class).port(name)
                .filter(port -> port.state() == PortState.STARTED);
    }

    private Port await(String name, int mtu) {
        Waiting.until(() -> name + " with an MTU of " + mtu + ", but "
                + service(PortRegistry.class).port(name).map(Port::mtu), () ->
                started(name).filter(port -> port.mtu() == mtu).isPresent());
        return started(name).orElseThrow();
    }

    private String deployment() throws Exception {
        return service(Shell.class).run(List.of("show", "deployment"), Path.of(""));
    }

    @Test
    void shouldFollowConfigurationsThroughUpdatesAndRemovals() throws Exception {
        Configuration first = device("a", "devargs", "net_sim0,loopback=1", "mtu", "2000");
        device("b", "devargs", "net_null0", "port", 7);
        await("net_sim0", 2000);
        Port other = await("net_null0", 1500);
        assertThat(other.id()).isEqualTo(7);

        first.update(values("devargs", "net_sim0,loopback=1", "mtu", 1800));
        int id = await("net_sim0", 1800).id();
        awaitInStep();

        Bundles.update(Bundles.named("net.sim"));
        assertThat(await("net_sim0", 1800).id()).as("after an update of its driver").isEqualTo(id);

        RemovalInjector injector = service(RemovalInjector.class);
        injector.yank("net_sim0");
        Waiting.until("net_sim0 is still there", () -> started("net_sim0").isEmpty());
        injector.plug("net_sim0");
        assertThat(await("net_sim0", 1800).id()).as("after a removal").isEqualTo(id);

        assertThat(started("net_null0")).as("the port that nothing concerned").contains(other);
        first.delete();
        Waiting.until("net_sim0 is not detached",
                () -> service(PortRegistry.class).port("net_sim0").isEmpty());
        assertThat(started("net_null0")).contains(other);
    }

    @Test
    void shouldBeginWithWhatIsConfiguredAfterAnUpdateOfTestpmd() throws Exception {
        device("a", "devargs", "net_sim0,loopback=1", "mtu", "2000");
        int id = await("net_sim0", 2000).id();

        Bundles.update(testpmd);

        assertThat(await("net_sim0", 2000).id()).isEqualTo(id);
        awaitInStep();
    }

    private void awaitInStep() {
        Waiting.until("it is not in step", () -> {
            try {
                String now = deployment();
                return now.contains("in step")
                        && Stream.of("differs", "waiting", "error").noneMatch(now::contains);
            } catch (Exception e) {
                return false; // its verbs are not there yet
            }
        });
    }

    @Test
    void shouldChangeNothingForAConfigurationWithAnError() throws Exception {
        Configuration first = device("a", "devargs", "net_sim0,loopback=1", "mtu", "2000");
        Port port = await("net_sim0", 2000);

        first.update(values("devargs", "net_sim0,loopback=1", "mtu", "many"));
        Waiting.until("the error is not told", () -> {
            try {
                return deployment().contains(
                        "mtu=many: a number from 68 to 65535 is needed");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(started("net_sim0")).contains(port);
        assertThat(port.mtu()).isEqualTo(2000);
    }
}
