// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DevargsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
            "net_null0                  | none | net_null0",
            "net_null0,size=64          | none | net_null0",
            "vdev:net_null0             | vdev | net_null0",
            "0000:03:00.0               | none | 0000:03:00.0",
            "pci:0000:03:00.0,a=b       | pci  | 0000:03:00.0",
            "pci:03:00.0                | pci  | 03:00.0",
            "abcd:00:02.0               | none | abcd:00:02.0",
            "ff:1f.7                    | none | ff:1f.7",
            "PCI:x                      | none | PCI:x",
            ":x                         | none | :x",
            "vdev:vdev:x                | vdev | vdev:x"})
    void shouldTellBusFromName(String text, String bus, String name) throws DeviceException {
        Devargs devargs = Devargs.parse(text);

        assertThat(devargs.bus()).isEqualTo(Optional.ofNullable(bus));
        assertThat(devargs.name()).isEqualTo(name);
    }

    @Test
    void shouldKeepArgumentsInOrder() throws DeviceException {
        Devargs devargs = Devargs.parse(" net_x0,b=1,a=2=3,flag,empty= ");

        assertThat(devargs.args()).containsExactly(Map.entry("b", "1"), Map.entry("a", "2=3"),
                Map.entry("flag", ""), Map.entry("empty", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "net_null0", "vdev:net_null0,size=64,copy=1", "0000:03:00.0,flag,x=y=z",
            "net_x0,a=1,a=2,b=3", "net_x0,a,a"})
    void shouldPrintWhatItParsed(String text) throws DeviceException {
        Devargs devargs = Devargs.parse(text);

        assertThat(devargs).hasToString(text);
        assertThat(Devargs.parse(devargs.toString())).isEqualTo(devargs);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "\"\"                | '' is not a device name",
            "\"   \"             | '' is not a device name",
            "vdev:               | '' is not a device name",
            ",size=64            | '' is not a device name",
            "net null0           | 'net null0' is not a device name",
            "[                   | '[' is not a device name",
            "[0000:03:00.0]      | '[0000:03:00.0]' is not a device name",
            "a=b                 | 'a=b' is not a device name",
            "net_null0,          | '' is not key=value",
            "net_null0,,a=b      | '' is not key=value",
            "net_null0,=64       | '=64' is not key=value",
            "net_null0,a b=c     | 'a b=c' is not key=value"})
    void shouldSayWhatIsWrong(String text, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> Devargs.parse(text))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"net\u0000null0", "net_null0\nroot: forged log line", "net_\u001b[31m0",
            "n\u00e9t0", "net_null0,k\u0007=1", "net_null0,\u202e=1", "\u0000"})
    void shouldNotPassOnUnprintableCharacters(String text) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> Devargs.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).matches("[\\x20-\\x7e]*"));
    }

    @Test
    void shouldRefuseEndlessText() {
        String text = "net_x0" + ",k=v".repeat(100_000);

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> Devargs.parse(text))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(100));
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "0x40, 64", "1, 1", "100, 100"})
    void shouldReadNumbers(String value, int expected) throws DeviceException {
        assertThat(Devargs.parse("x0,n=" + value).getInt("n", 5, 1, 100)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "", "x", "1.5", "99999999999", "1e3", "\u001b[2J"})
    void shouldRefuseWhatIsNoNumberInRange(String value) throws DeviceException {
        Devargs devargs = Devargs.parse("x0,n=" + value);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> devargs.getInt("n", 5, 1, 100))
                .withMessageStartingWith("x0: n=").withMessageEndingWith("from 1 to 100 is needed")
                .satisfies(e -> assertThat(e.getMessage()).matches("[\\x20-\\x7e]*"));
    }

    @Test
    void shouldFallBackWhereNothingWasGiven() throws DeviceException {
        Devargs devargs = Devargs.parse("x0");

        assertThat(devargs.getInt("n", 5, 1, 100)).isEqualTo(5);
        assertThat(devargs.get("n", "none")).isEqualTo("none");
    }

    @Test
    void shouldKeepEachValueOfAKeyThatIsGivenSeveralTimes() throws DeviceException {
        Devargs devargs = Devargs.parse("x0,file=a,size=1,file=b,file=");

        assertThat(devargs.all("file")).containsExactly("a", "b", "");
        assertThat(devargs.all("size")).containsExactly("1");
        assertThat(devargs.all("none")).isEmpty();
        devargs.allowOnly(Set.of("file", "size"), Set.of("file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x0,a=1,a=2", "x0,a,a="})
    void shouldRefuseASecondValueOfAKeyThatTakesOne(String text) throws DeviceException {
        Devargs devargs = Devargs.parse(text);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> devargs.allowOnly(Set.of("a", "b"), Set.of("b")))
                .withMessage("x0: a is given twice");
    }

    @Test
    void shouldNameUnknownArgument() throws DeviceException {
        Devargs devargs = Devargs.parse("x0,size=1,sise=2");

        devargs.allowOnly(Set.of("size", "sise"));
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> devargs.allowOnly(Set.of("size", "copy")))
                .withMessage("x0: unknown devarg 'sise' (known: copy, size)");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> devargs.allowOnly(Set.of()))
                .withMessage("x0: unknown devarg 'size' (known: none)");
    }
}
