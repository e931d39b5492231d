// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** What the tests are run over, as it was configured. */
public final class Configured {
    private Configured() {
    }

    /** Each device. */
    public static final class Devices implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).devices().stream().map(Arguments::of);
        }
    }

    /** Each device that is not there. */
    public static final class Absent implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).absent().stream().map(Arguments::of);
        }
    }

    /** Each device in each way it may be removed. */
    public static final class Removals implements ArgumentsProvider {
        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            return Settings.of(context).devices().stream().flatMap(device ->
                    Stream.of(Removal.values()).map(way -> Arguments.of(device, way)));
        }
    }

    /** Each bus, by name: those asked for, and those of the devices. */
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
