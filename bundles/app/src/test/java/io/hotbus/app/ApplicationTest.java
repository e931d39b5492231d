// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testkit.BareFramework;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    private final BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream err = System.err;
    private BareFramework framework;

    @BeforeEach
    void start(@TempDir Path cache) throws Exception {
        framework = new BareFramework(cache, Map.of(Arguments.COMMAND, "run"));
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        System.setErr(err);
        framework.close();
    }

    private Application start(Application.Body body) {
        return Application.start(
                "run", framework.context(), self -> body.run(), exits::add);
    }

    private int exit() throws InterruptedException {
        Integer code = exits.poll(120, TimeUnit.SECONDS);
        assertThat(code).as("exit code").isNotNull();
        return code;
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldExitWithTheCodeOfTheCommand() throws Exception {
        framework.start();
        start(() -> OptionalInt.of(7));

        assertThat(exit()).isEqualTo(7);
        assertThat(printed()).isEmpty();
    }

    @Test
    void shouldWaitUntilTheFrameworkHasStarted() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        start(() -> {
            ran.countDown();
            return OptionalInt.of(0);
        });
        assertThat(ran.await(50, TimeUnit.MILLISECONDS)).isFalse();

        framework.start();

        assertThat(exit()).isZero();
    }

    @Test
    void shouldLetTheProcessGoOnWhereThereIsNoCode() throws Exception {
        framework.start();
        CountDownLatch ran = new CountDownLatch(1);
        Application application = start(() -> {
            ran.countDown();
            return OptionalInt.empty();
        });
        assertThat(ran.await(120, TimeUnit.SECONDS)).isTrue();

        application.close();

        assertThat(exits).isEmpty();
    }

    @Test
    void shouldSayInOneSentenceWhatFailed() throws Exception {
        framework.start();
        start(() -> {
            throw new IllegalStateException("net_sim0: is on fire");
        });

        assertThat(exit()).isOne();
        assertThat(printed()).isEqualTo("hotbus: net_sim0: is on fire" + System.lineSeparator());
    }

    @Test
    void shouldEndTheProcessWhereTheCommandDiesOfAnError() throws Exception {
        framework.start();
        start(() -> {
            throw new OutOfMemoryError("Java heap space");
        });

        assertThat(exit()).isOne();
        assertThat(printed()).startsWith("hotbus: the JVM has not enough memory: Java heap space")
                .contains("HOTBUS_JAVA_OPTS");
    }

    @Test
    void shouldTellThatTheCommandHasBegun() throws Exception {
        framework.start();
        Application application = start(() -> OptionalInt.empty());
        assertThat(framework.context().getServiceReferences(
                Application.class, "(hotbus.command=run)")).hasSize(1);

        application.close();

        assertThat(framework.context().getServiceReference(Application.class)).isNull();
    }

    @Test
    void shouldTellThatTheCommandIsReady() throws Exception {
        framework.start();
        CountDownLatch prepared = new CountDownLatch(1);
        CountDownLatch said = new CountDownLatch(1);
        Application.start("run", framework.context(), self -> {
            prepared.await();
            self.ready();
            said.countDown();
            return OptionalInt.empty();
        }, exits::add);
        assertThat(framework.context().getServiceReferences(
                Application.class, "(hotbus.ready=true)")).isEmpty();

        prepared.countDown();

        assertThat(said.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(framework.context().getServiceReferences(
                Application.class, "(&(hotbus.command=run)(hotbus.ready=true))")).hasSize(1);
    }

    @Test
    void shouldPointToTheHelpWhereArgumentsAreWrong() throws Exception {
        framework.start();
        start(() -> {
            throw new UsageException("unknown option '--x'");
        });

        assertThat(exit()).isEqualTo(2);
        assertThat(printed()).isEqualTo("hotbus: unknown option '--x' "
                + "(see launcher/hotbus run --help)" + System.lineSeparator());
    }

    @Test
    void shouldInterruptTheCommandBeforeTheFrameworkStops() throws Exception {
        framework.start();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch cleanedUp = new CountDownLatch(1);
        start(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                cleanedUp.countDown();
            }
            return OptionalInt.of(0);
        });
        running.await();

        framework.close();

        assertThat(cleanedUp.getCount()).isZero();
        assertThat(exits).isEmpty();
        assertThat(printed()).isEmpty();
    }
}
