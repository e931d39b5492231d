// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.os.Linux;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.Sockets;

/** The calls to the kernel that the driver makes. */
record PacketOs(Linux linux, Sockets sockets, PacketCalls packets) {
}
