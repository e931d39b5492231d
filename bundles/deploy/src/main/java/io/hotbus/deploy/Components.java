// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** The state of a bundle's components in Declarative Services. Any thread. */
final class Components {
    private final BundleContext context;

    Components(BundleContext context) {
        this.context = context;
    }

    /** The components, by name; none if there is no Declarative Services either. */
    List<String> names(Bundle bundle) {
        return with(runtime -> runtime.getComponentDescriptionDTOs(bundle).stream()
                .map(component -> component.name).sorted().toList());
    }

    /** A clause for each component that failed to activate. */
    List<String> failed(Bundle bundle) {
        return configurations(bundle, (component, configuration) ->
                configuration.state != ComponentConfigurationDTO.FAILED_ACTIVATION ? List.of()
                        : List.of("component %s failed: %s".formatted(
                                component.name, Causes.sentenceOf(configuration.failure))));
    }

    /** A clause for each thing that a component waits for. */
    List<String> waiting(Bundle bundle) {
        return configurations(bundle, (component, configuration) -> switch (configuration.state) {
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> List.of(
                    "component %s waits for its configuration (etc/%s.cfg)"
                            .formatted(component.name, component.configurationPid[0]));
            case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                Stream.of(configuration.unsatisfiedReferences)
                        .map(reference -> waitsFor(component, reference)).toList();
            default -> List.of();
        });
    }

    /**
     * Whether Declarative Services are not there yet, have not read the bundle's components, or
     * have not activated an immediate component.
     */
    boolean areUnderWay(Bundle bundle) {
        return with(runtime -> {
            Collection<ComponentDescriptionDTO> known = runtime.getComponentDescriptionDTOs(bundle);
            return known.isEmpty() || known.stream()
                    .filter(component -> component.immediate && component.defaultEnabled)
                    .anyMatch(component -> isToBegin(
                            component, runtime.getComponentConfigurationDTOs(component)));
        }, true);
    }

    private static boolean isToBegin(ComponentDescriptionDTO component,
            Collection<ComponentConfigurationDTO> configurations) {
        return configurations.isEmpty() ? !component.configurationPolicy.equals("require")
                : configurations.stream().anyMatch(
                        state -> state.state == ComponentConfigurationDTO.SATISFIED);
    }

    private static String waitsFor(
            ComponentDescriptionDTO component, UnsatisfiedReferenceDTO unsatisfied) {
        String service = Stream.of(component.references)
                .filter(reference -> reference.name.equals(unsatisfied.name))
                .map((ReferenceDTO reference) -> reference.interfaceName)
                .findFirst().orElse(unsatisfied.name);
        return "component %s waits for a service %s%s".formatted(component.name, service,
                unsatisfied.target == null ? "" : " with " + unsatisfied.target);
    }

    /** The PIDs of all components that can be configured. */
    List<String> pids() {
        return with(runtime -> configurable(runtime)
                .flatMap(component -> Stream.of(component.configurationPid)).distinct().toList());
    }

    /** The PIDs that are set explicitly; the others are the names of components. */
    List<String> namedPids() {
        return with(runtime -> configurable(runtime)
                .flatMap(component -> Stream.of(component.configurationPid)
                        .filter(pid -> !pid.equals(component.name))).distinct().toList());
    }

    private static Stream<ComponentDescriptionDTO> configurable(ServiceComponentRuntime runtime) {
        return runtime.getComponentDescriptionDTOs().stream()
                .filter(component -> !"ignore".equals(component.configurationPolicy));
    }

    @FunctionalInterface
    private interface Clauses {
        List<String> of(ComponentDescriptionDTO component, ComponentConfigurationDTO state);
    }

    private List<String> configurations(Bundle bundle, Clauses clauses) {
        return with(runtime -> {
            List<String> all = new ArrayList<>();
            for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(bundle)) {
                Collection<ComponentConfigurationDTO> states =
                        runtime.getComponentConfigurationDTOs(component);
                states.forEach(state -> all.addAll(clauses.of(component, state)));
            }
            return all;
        });
    }

    private List<String> with(Function<ServiceComponentRuntime, List<String>> ask) {
        return with(ask, List.of());
    }

    private <T> T with(Function<ServiceComponentRuntime, T> ask, T otherwise) {
        ServiceReference<ServiceComponentRuntime> reference =
                context.getServiceReference(ServiceComponentRuntime.class);
        ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) {
            return otherwise;
        }
        try {
            return ask.apply(runtime);
        } finally {
            context.ungetService(reference);
        }
    }
}
