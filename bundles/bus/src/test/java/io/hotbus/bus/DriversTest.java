// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DriversTest {
    private final Drivers<TestDriver> drivers = new Drivers<>("test");

    private TestDriver add(String name, int quality, int ranking, long serviceId) {
        TestDriver driver = new TestDriver(name);
        driver.quality = quality;
        drivers.add(driver, Map.of("service.ranking", ranking, "service.id", serviceId));
        return driver;
    }

    private Optional<TestDriver> best() {
        return drivers.best(driver -> driver.quality);
    }

    @Test
    void shouldPreferTheBestMatchThenTheHigherRankingThenTheOlder() {
        TestDriver younger = add("younger", 1, 0, 7);
        assertThat(best()).containsSame(younger);
        TestDriver oldest = add("oldest", 1, 0, 5);
        add("later", 1, 0, 8);
        assertThat(best()).containsSame(oldest);
        TestDriver ranked = add("ranked", 1, 10, 9);
        add("lower", 1, -10, 1);
        assertThat(best()).containsSame(ranked);
        TestDriver precise = add("precise", 2, -100, 10);
        assertThat(best()).containsSame(precise);

        drivers.remove(precise);
        drivers.remove(ranked);
        assertThat(best()).containsSame(oldest);
    }

    @Test
    void shouldNotTakeOneThatDoesNotMatch() {
        assertThat(best()).isEmpty();
        add("other", 0, 100, 1);
        add("negative", -1, 100, 2);
        assertThat(best()).isEmpty();
    }

    @Test
    void shouldTakeADriverWithoutPropertiesOfAService() {
        TestDriver driver = new TestDriver("net");
        drivers.add(driver, Map.of("service.ranking", "high"));

        assertThat(best()).containsSame(driver);
    }

    @Test
    void shouldPassOverOneThatCannotSayWhatItIsFor() {
        TestDriver broken = add("broken", 5, 0, 1);
        TestDriver good = add("good", 1, 0, 2);

        assertThat(drivers.best(driver -> {
            if (driver == broken) {
                throw new IllegalStateException("a bug");
            }
            return driver.quality;
        })).containsSame(good);
    }

    @Test
    void shouldNameThoseThereAre() {
        assertThat(drivers.names()).isEqualTo("none");
        add("net_sim", 1, 0, 1);
        add("net_null", 1, 0, 2);
        add("net_null", 1, 1, 3);
        assertThat(drivers.names()).isEqualTo("net_null, net_sim");
    }

    @Test
    void shouldReportTwoOfOneNameOnce() {
        try (LogLines log = new LogLines()) {
            add("net_null", 1, 0, 1);
            add("net_sim", 1, 0, 2);
            assertThat(log.warnings()).isEmpty();
            add("net_null", 1, 0, 3);
            assertThat(log.warnings()).containsExactly("test: two drivers have the name net_null: "
                    + "that of io.hotbus.bus.TestDriver (service 1, ranking 0) gets what is "
                    + "attached from now on, that of io.hotbus.bus.TestDriver (service 3, ranking "
                    + "0) takes over when it goes");
            add("net_sim", 1, 10, 4);
            assertThat(log.warnings()).hasSize(2).last().asString()
                    .containsSubsequence("net_sim", "(service 4, ranking 10) gets",
                            "(service 2, ranking 0) takes over");
        }
    }

    @Test
    void shouldTakeADriverThatCannotSayItsName() {
        TestDriver nameless = new TestDriver(null);
        drivers.add(nameless, Map.of());

        assertThat(drivers.names()).isEqualTo("null");
        assertThat(best()).containsSame(nameless);
    }
}
