// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.UnixSocketName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MemifArgsTest {
    private static MemifArgs parse(String args) throws DeviceException {
        return MemifArgs.parse(Devargs.parse("net_memif7" + args));
    }

    @Test
    void shouldHaveTheDefaultsOfDpdk() throws DeviceException {
        assertThat(parse("")).isEqualTo(new MemifArgs(false, 0, 2048, 10,
                new UnixSocketName("/run/memif.sock", true, -1, -1), "",
                new MacAddress(0x02_00_00_4d_00_07L)));
    }

    @Test
    void shouldTakeWhatIsGiven() throws DeviceException {
        assertThat(parse(",role=server,id=4294967295,bsize=128,rsize=14,socket=/run/x,"
                + "socket-abstract=no,owner-uid=3,owner-gid=4,mac=02:01:02:03:04:05,secret=abc,"
                + "zero-copy=no")).isEqualTo(new MemifArgs(true, -1, 128, 14,
                new UnixSocketName("/run/x", false, 3, 4), "abc",
                new MacAddress(0x02_01_02_03_04_05L)));
        assertThat(parse(",role=master").server()).isTrue();
        assertThat(parse(",role=slave").server()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ,role=servant     | role=servant: one of client, server, slave, master is needed
            ,id=-1            | id=-1: a number from 0 to 4294967295 is needed
            ,id=4294967296    | id=4294967296: a number from 0 to 4294967295 is needed
            ,bsize=0          | bsize=0: a number from 64 to 65535 is needed
            ,rsize=15         | rsize=15: a number from 1 to 14 is needed
            ,socket=          | socket=: 1 to 107 bytes are needed
            ,socket=x,socket-abstract=no | socket=x: an absolute path is needed
            ,socket-abstract=maybe | socket-abstract=maybe: one of yes, no is needed
            ,owner-uid=0      | owner-uid and owner-gid are for a socket with a path
            ,mac=01:00:00:00:00:01 | mac=01:00:00:00:00:01: a unicast address is needed
            ,secret=123456789012345678901234 | secret=: at most 23 bytes are possible
            ,zero-copy=yes    | zero-copy=yes: packets are always copied
            """)
    void shouldRefuseNonsense(String args, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(args))
                .withMessageStartingWith("net_memif7: " + message);
    }

    @Test
    void shouldNotTellTheSecret() throws DeviceException {
        assertThat(parse(",secret=sesam,role=server")).hasToString(
                "server of id 0 on @/run/memif.sock");
    }
}
