// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.ethdev.MacAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LinkMessagesTest {
    private static final int FUZZED = 100_000;

    private static ByteBuffer link(int index, String name) {
        final ByteBuffer message =
                LinkMessages.request(LinkMessages.RTM_NEWLINK, 0, 7, index);
        LinkMessages.putFlags(message, 0x10001, 0);
        LinkMessages.put(message, LinkMessages.IFLA_IFNAME, (name + '\0').getBytes());
        LinkMessages.put(message, LinkMessages.IFLA_MTU, 9000);
        LinkMessages.put(message, LinkMessages.IFLA_ADDRESS, new byte[] {2, 0, 0, 0, 0, 5});
        return LinkMessages.end(message);
    }

    @Test
    void shouldReadALink() throws Exception {
        final List<LinkMessages.Message> messages = LinkMessages.split(link(3, "veth0"));

        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).sequence()).isEqualTo(7);
        assertThat(LinkMessages.link(messages.get(0).body())).contains(new NetInterface(3, "veth0",
                0, Optional.of(new MacAddress(0x020000000005L)), 9000, 0, 0x10001));
    }

    @Test
    void shouldReadWhatItWritesAboutVirtualFunctions() throws Exception {
        final ByteBuffer message = LinkMessages.request(LinkMessages.RTM_NEWLINK, 0, 7, 3);
        final ByteBuffer list = ByteBuffer.allocate(200);
        for (VfSetting setting : List.of(new VfSetting.Mac(new MacAddress(0x020000000005L)),
                new VfSetting.Vlan(7), new VfSetting.SpoofCheck(true),
                new VfSetting.Trust(true))) {
            // Each change has an information of its own; the kernel puts all into one.
            final byte[] change = VfMessages.change(2, setting);
            list.put(change, 4, change.length - 4);
        }
        final ByteBuffer info = ByteBuffer.allocate(4 + list.position())
                .order(ByteOrder.nativeOrder())
                .putShort((short) (4 + list.position())).putShort((short) 1)
                .put(list.array(), 0, list.position());
        LinkMessages.put(message, VfMessages.IFLA_VFINFO_LIST, info.array());
        final ByteBuffer body =
                LinkMessages.split(LinkMessages.end(message)).get(0).body();

        assertThat(VfMessages.functions(body)).containsExactly(new VirtualFunction(
                2, new MacAddress(0x020000000005L), 7, true, true));
    }

    @Test
    void shouldReadSeveralMessagesOfADatagram() throws Exception {
        final ByteBuffer one = link(3, "veth0");
        final ByteBuffer two = link(4, "x");
        final ByteBuffer both = ByteBuffer.allocate(one.remaining() + two.remaining())
                .put(one).put(two).flip();

        assertThat(LinkMessages.split(both)).hasSize(2);
    }

    @Test
    void shouldNotTakeTheReportOfABridgeForTheEndOfAnInterface() throws Exception {
        final ByteBuffer body = LinkMessages.split(link(3, "veth0")).get(0).body();
        body.put(body.position(), (byte) 7);

        assertThat(LinkMessages.link(body)).isEmpty();
    }

    @Test
    void shouldRefuseLengthsThatDoNotFit() {
        final ByteBuffer longer = link(3, "veth0");
        longer.putInt(0, longer.remaining() + 1);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> LinkMessages.split(longer));
        final ByteBuffer attribute = link(3, "veth0").putShort(32, (short) 1000);
        assertThatExceptionOfType(ProtocolException.class).isThrownBy(
                () -> LinkMessages.link(LinkMessages.split(attribute).get(0).body()))
                .withMessageContaining("an attribute of 1000");
    }

    @Test
    void shouldTakeEveryDatagramOrRefuseIt() {
        final Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < FUZZED; i++) {
            final ByteBuffer datagram = link(3, "veth0");
            for (int n = random.nextInt(4); n >= 0; n--) {
                datagram.put(random.nextInt(datagram.limit()), (byte) random.nextInt(256));
            }
            datagram.limit(random.nextInt(datagram.limit() + 1));
            try {
                for (LinkMessages.Message message : LinkMessages.split(datagram)) {
                    LinkMessages.link(message.body());
                    VfMessages.functions(message.body());
                    message.errno();
                }
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(FUZZED / 2, FUZZED);
    }
}
