// SPDX-License-Identifier: Apache-2.0
package io.hotbus.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.checkup.Checkup;
import io.hotbus.eal.checkup.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DoctorTest {
    private static Checkup checkup(Finding machine, String device, Finding ofDevice) {
        return new Checkup() {
            @Override
            public List<Finding> machine() {
                return List.of(machine);
            }

            @Override
            public List<Finding> device(String name) {
                return name.equals(device) ? List.of(ofDevice) : List.of();
            }
        };
    }

    private final List<Checkup> checkups = List.of(
            checkup(Finding.ok("one", "works"), "a", Finding.ok("a", "works")),
            checkup(Finding.warning("two", "is slow", "make it fast"), "b",
                    Finding.bad("b", "is broken", "mend it")));

    @Test
    void shouldReportOnTheMachine() {
        assertThat(Doctor.reports(checkups, List.of())).singleElement().satisfies(report -> {
            assertThat(report.good()).isTrue();
            assertThat(report.text()).isEqualToNormalizingNewlines("""
                    machine
                      ok      one                   works
                      warning two                   is slow
                                                    -> make it fast""");
        });
    }

    @Test
    void shouldReportOnEachDevice() {
        List<Report> reports = Doctor.reports(checkups, List.of("b", "a", "c"));
        assertThat(reports).extracting(Report::title).containsExactly("machine", "b", "a", "c");
        assertThat(reports).extracting(Report::good).containsExactly(true, false, true, false);
        assertThat(reports.get(3).text()).contains("'c' is the name of no device");
    }
}
