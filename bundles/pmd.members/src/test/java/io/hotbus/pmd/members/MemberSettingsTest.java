// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.ethdev.RxOffload;
import io.hotbus.ethdev.TxOffload;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testkit.StubDev;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MemberSettingsTest {
    private static final MacAddress PORT = new MacAddress(0x0200_0000_0010L);
    private static final MacAddress OTHER = new MacAddress(0x0200_0000_0020L);
    private static final MacAddress GROUP = new MacAddress(0x0100_5e00_0001L);

    private final SingleControl control = new SingleControl();
    private final RecordingPorts ports = new RecordingPorts(control);

    @AfterEach
    void tearDown() {
        ports.ports().forEach(ports::remove);
        control.close();
    }

    private MemberSettings settings(EthDevInfo info) throws DeviceException {
        return new MemberSettings(StubDev.add(ports, "net_stub0", info).port());
    }

    private static EthDevInfo filters(
            int addresses, boolean own, int groups, boolean promiscuous, boolean all) {
        return StubDev.facts().withFilter(
                new RxFilterLimits(addresses, own, groups, promiscuous, all, false));
    }

    @Test
    void shouldTakeTheNearestNumberOfDescriptors() throws DeviceException {
        PortConfig fitted = settings(StubDev.facts()).config(new PortConfig(2, 4096, 32, null));

        assertThat(fitted.rxDescriptors()).isEqualTo(1024);
        assertThat(fitted.txDescriptors()).isEqualTo(64);
        assertThat(fitted.rxQueues()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAMemberWithTooFewQueuesOrWithoutATransmitOffload() throws Exception {
        MemberSettings settings = settings(StubDev.facts());

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> settings.config(new PortConfig(5, 64, 64, null)))
                .withMessage("net_stub0: it has 4 receive queue(s), and the port uses 5");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> settings.config(new PortConfig(1, 64, 64, null)
                        .withOffloads(Set.of(), EnumSet.allOf(TxOffload.class))))
                .withMessageContaining("net_stub0: it lacks the transmit offloads ");
    }

    @Test
    void shouldTellWhatPacketsWillLack() throws DeviceException {
        RssHash hash = RssHash.values()[0];
        MemberSettings settings = settings(StubDev.facts());

        PortConfig fitted = settings.config(new PortConfig(1, 64, 64, null)
                .withOffloads(Set.of(RxOffload.values()[0]), Set.of())
                .withRss(new RssConfig(Set.of(hash), List.of(), List.of())));

        assertThat(fitted.rxOffloads()).isEmpty();
        assertThat(fitted.rss()).isEqualTo(RssConfig.OFF);
        assertThat(settings.lacking()).hasSize(2).first().asString()
                .startsWith("receive offloads ");
    }

    @Test
    void shouldUseItsOwnTableWhereTheSizeDiffers() throws DeviceException {
        RssHash hash = RssHash.values()[0];
        MemberSettings settings =
                settings(StubDev.facts().withRss(new RssLimits(Set.of(hash), 40, 128)));

        RssConfig fitted = settings.config(new PortConfig(1, 64, 64, null)
                .withRss(new RssConfig(Set.of(hash), List.of(), List.of(0, 0)))).rss();

        assertThat(fitted.hashes()).containsExactly(hash);
        assertThat(fitted.table()).isEmpty();
        assertThat(settings.lacking()).hasSize(1);
    }

    @Test
    void shouldPassOnAFilterThatTheDeviceHas() throws DeviceException {
        RxFilter wanted = RxFilter.of(PORT).plus(OTHER).withGroups(Set.of(GROUP));
        MemberSettings settings = settings(filters(4, true, 4, true, true));

        assertThat(settings.filter(wanted)).isEqualTo(wanted);
        assertThat(settings.lacking()).isEmpty();
    }

    @Test
    void shouldReceiveMoreWhereTheDeviceCannotFilterSo() throws DeviceException {
        RxFilter wanted = RxFilter.of(PORT).plus(OTHER).withGroups(Set.of(GROUP));

        RxFilter fitted = settings(filters(1, true, 0, true, true)).filter(wanted);
        assertThat(fitted.address()).isEqualTo(PORT);
        assertThat(fitted.promiscuous()).isTrue();
        assertThat(fitted.allMulticast()).isTrue();

        MemberSettings fixed = settings(filters(1, false, 0, true, false));
        assertThat(fixed.filter(wanted).promiscuous()).isTrue();
        assertThat(fixed.lacking()).singleElement().asString()
                .startsWith("another address of its own: it keeps 02:");
    }

    @Test
    void shouldTellWhatTheDeviceCannotReceive() throws DeviceException {
        MemberSettings settings = settings(StubDev.facts().withFilter(RxFilterLimits.FIXED));

        RxFilter fitted = settings.filter(RxFilter.of(PORT).withPromiscuous(true)
                .withAllMulticast(true).withVlans(Set.of(7)));

        assertThat(fitted).isEqualTo(RxFilter.of(StubDev.facts().macAddress()));
        assertThat(settings.lacking()).hasSize(5);
    }

    @Test
    void shouldOfferWhatAllMembersCanDo() {
        EthDevInfo large = StubDev.facts().withMaxMtu(9000)
                .withOffloads(EnumSet.allOf(RxOffload.class), EnumSet.allOf(TxOffload.class));
        EthDevInfo common = CommonInfo.of("net_stub", PORT, List.of(large, StubDev.facts()));

        assertThat(common.macAddress()).isEqualTo(PORT);
        assertThat(common.maxMtu()).isEqualTo(EthDevInfo.DEFAULT_MTU);
        assertThat(common.txOffloads()).isEmpty();
        assertThat(CommonInfo.of("net_stub", PORT, List.of()).rxOffloads()).isEmpty();
        assertThat(CommonInfo.of("net_stub", PORT, List.of(large)).txOffloads()).isNotEmpty();
    }
}
