// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device was lost before the present driver came, as when its bundle is updated. */
final class PcapUpdateTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAwaitTheFilesOfADeviceThatAnotherDriverHasLost() throws Exception {
        final Path in = folder.resolve("in.pcap");
        final Path out = folder.resolve("out.pcap");
        final byte[] capture = Captures.nanos().record(1, 1, Captures.data(1, 60)).bytes();
        final String devargs =
                "net_pcap0,tx_mode=truncate,rx_pcap=%s,tx_pcap=%s".formatted(in, out);
        try (Rig rig = new Rig(TestOs.linux(), 2048)) {
            rig.detach(rig.attach("net_pcap1,tx_pcap=" + out));
            final long written = Files.size(out);
            rig.driver.awaitReturn(Devargs.parse(devargs));
            Files.write(in, Arrays.copyOf(capture, 30));
            Await.until("the driver waits for the whole file",
                    () -> rig.log.stream().anyMatch(line -> line.contains("waits for " + in)));
            assertThat(rig.plugged).isEmpty();
            Files.write(in, capture);
            assertThat(rig.plugged.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("net_pcap0");
            final Port port = rig.start(devargs);
            assertThat(rig.receiveAll(port)).hasSize(1);
            assertThat(Files.size(out)).as("not truncated").isEqualTo(written);
        }
    }
}
