// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxServicesTest {
    private static final int LENGTH = 4096;

    @Test
    void shouldServeProgramsWithoutAFramework(@TempDir Path directory) throws Exception {
        LinuxServices services = LinuxServices.load(directory);
        Linux linux = services.linux();
        int fd = linux.memfd("device", LENGTH);
        long address = linux.map("device", LENGTH, fd, 0);
        long window = services.windows().publish(address, LENGTH, false);

        services.windows().replace(window);

        assertThat(directory).isDirectoryContaining("glob:**/libhotbus-*.so");
        assertThat(services.windows().window(window).orElseThrow().state())
                .isEqualTo(SigbusWindows.State.REPLACED);
        services.windows().withdraw(window);
        linux.unmap(address, LENGTH);
        linux.close(fd);
        services.ueventSockets().open(1 << 16).close();
    }
}
