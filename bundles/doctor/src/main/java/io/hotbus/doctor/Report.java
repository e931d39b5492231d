// SPDX-License-Identifier: Apache-2.0
package io.hotbus.doctor;

import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.checkup.Finding.Level;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What was found out about the machine or one device.
 *
 * @param title    {@code machine}, or the device's name
 * @param findings what was looked at
 */
record Report(String title, List<Finding> findings) {
    /** Whether nothing keeps devices, or this device, from being driven. */
    boolean good() {
        return findings.stream().noneMatch(finding -> finding.level() == Level.BAD);
    }

    String text() {
        return title + "\n" + findings.stream().map(Report::text)
                .collect(Collectors.joining("\n"));
    }

    private static String text(Finding finding) {
        String line = String.format(Locale.ROOT, "  %-8s%-22s%s",
                finding.level().name().toLowerCase(Locale.ROOT), finding.subject(),
                finding.text());
        return finding.cure().isEmpty() ? line
                : line + String.format(Locale.ROOT, "%n%32s-> %s", "", finding.cure());
    }
}
