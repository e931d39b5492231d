// SPDX-License-Identifier: Apache-2.0
package io.hotbus.doctor;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.eal.checkup.Checkup;
import io.hotbus.eal.checkup.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Runs the launcher's command {@code doctor}: asks each {@link Checkup}. The exit code is 0 only if
 * devices can be driven on this machine, all devices named with {@code -a} among them.
 */
@Component(service = {})
public final class Doctor {
    private static final String COMMAND = "doctor";
    private static final String DEVICE = "-a";
    private static final String DEVICE_LONG = "--allow";

    private final BundleContext context;
    private final List<Checkup> checkups = new CopyOnWriteArrayList<>();
    private final Optional<Application> application;

    /** Starts the command if the launcher was given it. */
    @Activate
    public Doctor(BundleContext context) {
        this.context = context;
        this.application = Arguments.command(context).equals(COMMAND)
                ? Optional.of(Application.start(COMMAND, context, this::run)) : Optional.empty();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCheckup(Checkup checkup) {
        checkups.add(checkup);
    }

    void removeCheckup(Checkup checkup) {
        checkups.remove(checkup);
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    private OptionalInt run() throws Exception {
        Arguments arguments = Arguments.of(context);
        arguments.allowOnly(Set.of(DEVICE, DEVICE_LONG));
        List<Report> reports = reports(checkups, arguments.values(DEVICE, DEVICE_LONG));
        reports.forEach(report -> System.out.println(report.text()));
        boolean good = reports.stream().allMatch(Report::good);
        System.out.println(good ? "Devices can be driven."
                : "Not all can be driven: see 'bad' above.");
        return OptionalInt.of(good ? 0 : 1);
    }

    /** One report about the machine, and one about each device. */
    static List<Report> reports(List<Checkup> checkups, List<String> devices) {
        List<Report> reports = new ArrayList<>();
        reports.add(new Report("machine", checkups.stream()
                .flatMap(checkup -> checkup.machine().stream()).toList()));
        for (String device : devices) {
            List<Finding> findings = checkups.stream()
                    .flatMap(checkup -> checkup.device(device).stream()).toList();
            reports.add(new Report(device, findings.isEmpty() ? List.of(Finding.bad("device",
                    "'" + device + "' is the name of no device that can be looked at",
                    "a PCI address is needed, as in 0000:03:00.0")) : findings));
        }
        return reports;
    }
}
