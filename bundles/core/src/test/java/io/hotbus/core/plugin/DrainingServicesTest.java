// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;

@Timeout(300)
class DrainingServicesTest {
    private final DrainingServices<Runnable> services =
            new DrainingServices<>(() -> Duration.ofSeconds(20));

    private static ServiceProperties properties(int ranking, long id) {
        return ServiceProperties.of(Map.of("service.ranking", ranking, "service.id", id));
    }

    private static Optional<Boolean> run(PlugIn<Runnable> plugIn) {
        return plugIn.call(service -> {
            service.run();
            return true;
        });
    }

    @Test
    void shouldOrderByRankingThenAge() {
        Runnable low = () -> { };
        Runnable younger = () -> { };
        Runnable older = () -> { };
        Runnable high = () -> { };
        services.add(low, properties(-1, 1));
        services.add(younger, properties(0, 3));
        services.add(older, properties(0, 2));
        services.add(high, properties(7, 4));

        assertThat(services.snapshot()).extracting(PlugIn::service)
                .containsExactly(high, older, younger, low);
    }

    @Test
    void shouldFollowTheRankingOfAServiceThatStays() {
        Runnable first = () -> { };
        Runnable second = () -> { };
        services.add(first, properties(5, 1));
        PlugIn<Runnable> known = services.add(second, properties(0, 2));
        services.add(second, properties(0, 3));

        services.update(second, properties(9, 2));

        assertThat(services.snapshot()).extracting(PlugIn::properties)
                .containsExactly(properties(9, 2), properties(5, 1), properties(0, 3));
        assertThat(services.snapshot()).first().isSameAs(known);
    }

    @Test
    void shouldTakeRankingZeroWhereNoneIsGiven() {
        assertThat(ServiceProperties.of(Map.of("service.id", 5L, "hotbus.bus", "pci")))
                .isEqualTo(new ServiceProperties(0, 5, "pci"));
    }

    @Test
    void shouldLetNoCallInOnceItIsLeft() {
        services.add(() -> { }, properties(0, 1));
        PlugIn<Runnable> plugIn = services.snapshot().get(0);
        assertThat(run(plugIn)).contains(true);

        services.remove(plugIn.service(), plugIn.properties());

        assertThat(services.snapshot()).isEmpty();
        assertThat(run(plugIn)).isEmpty();
    }

    @Test
    void shouldWaitUntilTheCallInsideHasReturned() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        services.add(() -> {
            inside.countDown();
            Waiting.await(release);
        }, properties(0, 1));
        PlugIn<Runnable> plugIn = services.snapshot().get(0);
        Thread caller = new Thread(() -> run(plugIn));
        Thread remover = new Thread(
                () -> services.remove(plugIn.service(), plugIn.properties()));

        caller.start();
        Waiting.await(inside);
        remover.start();
        Waiting.untilBlocked(remover);
        assertThat(services.snapshot()).isEmpty();
        assertThat(remover.isAlive()).isTrue();
        release.countDown();

        Waiting.join(remover);
        Waiting.join(caller);
    }

    @Test
    void shouldNotWaitForTheCallThatRemovesIt() {
        Runnable[] self = new Runnable[1];
        self[0] = () -> services.remove(self[0], properties(0, 1));
        services.add(self[0], properties(0, 1));

        assertThat(run(services.snapshot().get(0))).contains(true);
        assertThat(services.snapshot()).isEmpty();
    }

    @Test
    void shouldLeaveAfterTheDeadlineAndSaySo() {
        DrainingServices<Runnable> impatient = new DrainingServices<>(() -> Duration.ofMillis(20));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        impatient.add(() -> {
            inside.countDown();
            Waiting.await(release);
        }, properties(0, 1));
        PlugIn<Runnable> plugIn = impatient.snapshot().get(0);
        Thread caller = new Thread(() -> run(plugIn));
        caller.start();
        Waiting.await(inside);

        try (LogLines log = new LogLines()) {
            impatient.remove(plugIn.service(), plugIn.properties());

            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("DrainingServicesTest").contains("has not returned");
        }
        release.countDown();
        Waiting.join(caller);
    }

    @Test
    void shouldNotCountACallThatThrewAsInside() {
        services.add(() -> { }, properties(0, 1));
        PlugIn<Runnable> plugIn = services.snapshot().get(0);
        assertThatThrownBy(() -> plugIn.call(service -> {
            throw new IOException("broken");
        })).isInstanceOf(IOException.class);

        services.remove(plugIn.service(), plugIn.properties());

        assertThat(plugIn.drain(Duration.ZERO)).isTrue();
    }

    @Test
    void shouldRemoveOnlyTheRegistrationThatGoes() {
        Runnable service = () -> { };
        services.add(service, properties(0, 1));
        services.add(service, properties(0, 2));

        services.remove(service, properties(0, 1));

        assertThat(services.snapshot()).extracting(plugIn -> plugIn.properties().id())
                .isEqualTo(List.of(2L));
    }
}
