// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.OutputClosedException;
import io.hotbus.cli.Shell;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testkit.TestShell;
import io.hotbus.testpmd.internal.command.CommandAccess;
import io.hotbus.testpmd.rig.Rig;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripts in a real Gogo session, with commands of the framework beside ours. */
class ScriptTest {
    private final ThreadIOImpl threadIo = new ThreadIOImpl();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Rig rig;
    private CommandProcessorImpl processor;
    private Script script;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        threadIo.start();
        processor = new CommandProcessorImpl(threadIo);
        Shell verbs = CommandAccess.commands(rig);
        verbs.verbs().forEach(verb ->
                processor.addCommand("hotbus", TestShell.command(verbs, verb), verb));
        processor.addCommand("hotbus", TestShell.command(verbs), "verb");
        Function theirs = (session, arguments) -> {
            throw new IllegalStateException("the framework's own " + arguments);
        };
        processor.addCommand("felix", theirs, "start");
        processor.addCommand("felix", theirs, "help");
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        script = new Script(processor, out, out);
    }

    @AfterEach
    void stop() throws Exception {
        threadIo.stop();
        rig.close();
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldExecuteCommandsInOrderAndShowWhatTheySay() throws Exception {
        script.execute("""
                # a comment
                port attach wire0,loopback=1; start tx_first 2
                wait packets 1000 120
                stop; port stop all; port detach all""");

        assertThat(printed()).contains("hotbus> port attach wire0,loopback=1",
                "Port 0 (wire0) is attached, started", "hotbus> start tx_first 2",
                "io packet forwarding - ports=1 - cores=1 - streams=1 - NUMA support enabled, "
                        + "MP allocation mode: native",
                "packets were forwarded", "Accumulated forward statistics for all ports",
                "Port 0 (wire0) is detached");
    }

    @Test
    void shouldTakePciAddressesAsTheyAre() throws Exception {
        script.execute("""
                port attach 0000:01:00.0,bind=vfio-pci; port attach pci:0000:02:00.1
                port stop 0000:01:00.0; device list; port stop all; port detach all""");

        assertThat(printed()).contains("Port 0 (0000:01:00.0) is attached, started",
                "Port 1 (0000:02:00.1) is attached, started",
                "Port 0 (0000:01:00.0) is stopped",
                "0000:01:00.0     rig    PROBED    port 0, driver net_wire");
        assertThat(rig.devices.attached())
                .containsExactly("0000:01:00.0,bind=vfio-pci", "pci:0000:02:00.1");
    }

    @Test
    void shouldStopAtTheFirstThatFails() {
        assertThatThrownBy(() -> script.execute("show config; port start 9; quit"))
                .isInstanceOf(DeviceException.class).hasMessage("'port start 9' failed: "
                        + "there is no port, 'port attach DEVARGS' adds one");

        assertThat(printed()).contains("hotbus> port start 9").doesNotContain("Bye");
    }

    @Test
    void shouldNameSimilarVerbsWhereACommandDoesNotExist() {
        assertThatThrownBy(() -> script.execute("strat 9")).isInstanceOf(DeviceException.class)
                .hasMessage("'strat 9' failed: 'strat' is not a verb (did you mean start? "
                        + "'help' lists the verbs)");
    }

    @Test
    void shouldEndAtQuitAndNameWhatFollows() {
        assertThatThrownBy(() -> script.execute("show config; quit; port start 9"))
                .isInstanceOf(DeviceException.class)
                .hasMessage("'port start 9' follows quit, and was not executed");

        assertThat(printed()).contains("hotbus> quit\nBye").doesNotContain("port start 9");
    }

    @Test
    void shouldExecuteWhatIsPipedToTheLastLineThoughOneFails() throws Exception {
        script.executeAll(new Lines(new BufferedReader(
                new StringReader("port start 9\nshow config; set reattach off\nhelp start"))));

        assertThat(printed()).contains("'port start 9' failed: there is no port",
                "Reattach is off", "start tx_first [BURSTS]");
    }

    @Test
    void shouldEndWhereNobodyReadsWhatIsPrinted() {
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        Script unread = new Script(processor, closed, closed);

        assertThatThrownBy(() -> unread.execute("show config"))
                .isInstanceOf(OutputClosedException.class);
    }

    @Test
    void shouldPreferOurVerbsToThoseOfTheFramework() throws Exception {
        script.execute("help start");

        assertThat(printed()).contains("start tx_first [BURSTS]");
    }
}
