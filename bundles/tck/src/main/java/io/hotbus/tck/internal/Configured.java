// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Provides the configured devices, buses and removals as arguments of the tests. */
public final class Configured {
    private Configured() {
    }

    /** Provides each device. */
    public static final class Devices implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).devices().stream().map(Arguments::of);
        }
    }

    /** Provides each absent device. */
    public static final class Absent implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).absent().stream().map(Arguments::of);
        }
    }

    /** Provides each device with each way to remove it. */
    public static final class Removals implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).devices().stream().flatMap(device ->
                    Stream.of(Removal.values()).map(way -> Arguments.of(device, way)));
        }
    }

    /** Provides the name of each bus: the configured buses and the buses of the devices. */
    public static final class Buses implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            Settings settings = Settings.of(context);
            Set<String> names = new LinkedHashSet<>(settings.buses());
            Platform platform = new Platform(settings);
            settings.devices().forEach(device ->
                    platform.awaitBus(device).ifPresent(bus -> names.add(bus.name())));
            return names.stream().map(Arguments::of);
        }
    }
}
