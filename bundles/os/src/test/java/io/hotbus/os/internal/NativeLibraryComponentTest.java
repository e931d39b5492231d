// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.LoggerFactory;

class NativeLibraryComponentTest {
    private static final String ARCHITECTURE = System.getProperty("os.arch");

    private final Logger logger =
            (Logger) LoggerFactory.getLogger(NativeLibraryComponent.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<Object> registered = new ArrayList<>();

    @TempDir
    Path data;

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void restore() {
        System.setProperty("os.arch", ARCHITECTURE);
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void shouldRegisterTheLibraryWhileItIsActive() {
        final NativeLibraryComponent component = new NativeLibraryComponent(bundleContext());

        assertThat(registered).hasOnlyElementsOfType(NativeHotbus.class).hasSize(1);
        assertThat(data).isNotEmptyDirectory();

        component.deactivate();
        assertThat(registered).isEmpty();
    }

    @Test
    void shouldSayThatThereIsNoLibraryForThisArchitecture() {
        System.setProperty("os.arch", "riscv64");

        final NativeLibraryComponent component = new NativeLibraryComponent(bundleContext());

        assertThat(registered).isEmpty();
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage())
                    .contains("no libhotbus.so for riscv64-linux", "apt-get install gcc make");
        });
        component.deactivate();
    }

    /** A framework in which this bundle is the only one. */
    private BundleContext bundleContext() {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {BundleContext.class}, (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "getDataFile" -> new File(data.toFile(), (String) arguments[0]);
                            case "registerService" -> register(arguments[1]);
                            default -> throw new UnsupportedOperationException(method.getName());
                        });
    }

    private Object register(Object service) {
        registered.add(service);
        return Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    registered.remove(service);
                    return null;
                });
    }
}
