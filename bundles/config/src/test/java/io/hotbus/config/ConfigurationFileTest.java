// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationFileTest {
    @TempDir
    private Path folder;

    private Dictionary<String, Object> read(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return new ConfigurationFile(file, Map.of("env:HOME", "/h")::get).read();
    }

    @Test
    void shouldReadProperties() throws Exception {
        Dictionary<String, Object> values =
                read("x.cfg", "# a comment\nblock = 03:00.0 \\\n  04:00.0\nhome=${env:HOME}/x\n");

        assertThat(values.get("block")).isEqualTo("03:00.0 04:00.0");
        assertThat(values.get("home")).isEqualTo("/h/x");
        assertThat(values.size()).isEqualTo(2);
    }

    @Test
    void shouldReadTypedValues() throws Exception {
        Dictionary<String, Object> values = read("x.config",
                "# a comment\nblock=[ \\\n  \"03:00.0\", \\\n  \"04:00.0\", \\\n  ]\n"
                        + "limit=I\"5\"\n");

        assertThat(values.get("block")).isEqualTo(new String[] {"03:00.0", "04:00.0"});
        assertThat(values.get("limit")).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "x.cfg, 'block = 03:00.0\\user', cannot be understood",
        "x.cfg, 'block = 1\nallow = 2\nblock = 3', block is given twice",
        "x.cfg, 'block = ${nowhere}', 'has ${nowhere}, which is neither'",
        "x.config, 'block = 03:00.0', values of .config files are quoted",
        "x.config, 'allow=\"1\"\nblock=\"2', ends inside a quoted value",
        "x.config, 'block=[\"1\", \"2\"', block has no value that can be understood",
        "x.config, 'block=\"1\"\nblock=\"2\"', block is given twice",
        "x.config, 'allow=\"1\"\nblock', cannot be understood",
        "x.config, '=\nblock=\"1\"', block has no value",
    })
    void shouldNameWhatIsWrong(String name, String text, String flaw) {
        assertThatThrownBy(() -> read(name, text)).isInstanceOf(ConfigurationFileException.class)
                .hasMessageStartingWith(folder.resolve(name) + " ").hasMessageContaining(flaw);
    }

    @Test
    void shouldNameWhatCannotBeRead() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("x.cfg"), folder.resolve("nowhere"));
        Path other = folder.resolve("y.cfg");
        Files.write(other, "gr\u00fcn = 1".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> new ConfigurationFile(link, name -> null).read())
                .hasMessage(link + " is a link to a file that is not there");
        assertThatThrownBy(() -> new ConfigurationFile(other, name -> null).read())
                .hasMessage(other + " is not text in UTF-8");
    }

    @Test
    void shouldHaveOneConfigurationForEachPidOfOurs() {
        assertThat(ConfigurationName.of("io.hotbus.devices-site.cfg"))
                .isEqualTo(ConfigurationName.of("io.hotbus.devices.config"));
    }

    @Test
    void shouldTellOneOfSeveralByItsName() {
        assertThat(ConfigurationName.of("io.acme.cfg")).hasToString("io.acme");
        assertThat(ConfigurationName.of("io.acme-left.cfg")).hasToString("io.acme~left");
        assertThat(ConfigurationName.of("io.acme~left-1.config")).hasToString("io.acme~left-1");
    }
}
