// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** Tests that among handlers with the same claim the ranking decides, from the next fault on. */
class RankingTest {
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private Application application;
    private Lease failureHandling;
    private FaultyWindow window;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
        window = new FaultyWindow(application);
    }

    @AfterEach
    void stop() throws Exception {
        registrations.forEach(ServiceRegistration::unregister);
        window.close();
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldAskByRankingUntilOneClaims() throws Exception {
        register("low", 100, SigbusVerdict.HANDLED);
        register("high", 200, SigbusVerdict.NOT_CLAIMED);
        register("lowest", 50, SigbusVerdict.HANDLED);
        assertAsked("high", "low");
        assertAsked("high", "low");
    }

    @Test
    void shouldAskTheOldestOfEqualRanking() throws Exception {
        register("older", 100, SigbusVerdict.HANDLED);
        register("younger", 100, SigbusVerdict.HANDLED);
        assertAsked("older");
    }

    @Test
    void shouldLetANewcomerOfHigherRankingTakeOver() throws Exception {
        register("first", 100, SigbusVerdict.HANDLED);
        assertAsked("first");
        ServiceRegistration<?> newcomer = register("newcomer", 101, SigbusVerdict.HANDLED);
        assertAsked("newcomer");
        registrations.remove(newcomer);
        newcomer.unregister();
        assertAsked("first");
    }

    @Test
    void shouldFollowARankingThatIsChanged() throws Exception {
        ServiceRegistration<?> first = register("first", 100, SigbusVerdict.HANDLED);
        register("second", 50, SigbusVerdict.HANDLED);
        assertAsked("first");
        first.setProperties(ranking(10));
        assertAsked("second");
        first.setProperties(ranking(50));
        assertAsked("first"); // of equals the oldest
    }

    @Test
    void shouldCallOnlyTheFirstHotplugHandlerOfABus() throws Exception {
        ServiceRegistration<?> first = register("first", 20);
        register("second", 10);
        assertUnplugCalls("net_sim0", "first");
        first.setProperties(ranking(5));
        assertUnplugCalls("net_sim1", "second");
    }

    private void assertAsked(String... handlers) throws Exception {
        window.fault();
        for (String handler : handlers) {
            assertThat(Application.await(asked, name -> true)).isEqualTo(handler);
        }
        assertThat(asked).isEmpty();
    }

    private void assertUnplugCalls(String device, String handler) throws Exception {
        application.attach(device + ",uevent_ms=1");
        application.service(RemovalInjector.class).yank(device);
        assertThat(Application.await(asked, name -> true)).isEqualTo(handler + " " + device);
        assertThat(asked).isEmpty();
    }

    private ServiceRegistration<?> register(String name, int ranking, SigbusVerdict verdict) {
        SigbusHandler handler = fault -> {
            asked.add(name);
            return verdict;
        };
        return register(SigbusHandler.class, handler, ranking);
    }

    private ServiceRegistration<?> register(String name, int ranking) {
        BusHotplugHandler handler = (device, cause) -> asked.add(name + " " + device);
        return register(BusHotplugHandler.class, handler, ranking);
    }

    private <T> ServiceRegistration<?> register(Class<T> type, T handler, int ranking) {
        ServiceRegistration<?> registration =
                application.context.registerService(type, handler, ranking(ranking));
        registrations.add(registration);
        return registration;
    }

    private static Dictionary<String, Object> ranking(int ranking) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, ranking);
        properties.put(BusHotplugHandler.BUS, "vdev");
        return properties;
    }
}
