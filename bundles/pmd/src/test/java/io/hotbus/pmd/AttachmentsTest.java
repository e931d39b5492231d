// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttachmentsTest {
    private static final class TestDevice extends Device {
        TestDevice(String name) throws DeviceException {
            super("test", Devargs.parse(name));
        }
    }

    private final Attachments<TestDevice> attachments = new Attachments<>();
    private final List<String> undone = new ArrayList<>();

    private void probe(TestDevice device) throws DeviceException {
        attachments.probe(device, attachment -> {
            attachment.onRemove(() -> undone.add(device + " power"));
            attachment.onRemove(() -> undone.add(device + " port"));
        });
    }

    @Test
    void shouldUndoInReverseAndOnce() throws DeviceException {
        TestDevice device = new TestDevice("test0");
        probe(device);
        assertThat(undone).isEmpty();

        attachments.remove(device);
        attachments.remove(device);

        assertThat(undone).containsExactly("test0 port", "test0 power");
    }

    @Test
    void shouldUndoWhatWasDoneOfAProbeThatFails() throws DeviceException {
        TestDevice device = new TestDevice("test0");
        assertThatThrownBy(() -> attachments.probe(device, attachment -> {
            attachment.onRemove(() -> undone.add("power"));
            attachment.onRemove(() -> {
                throw new IllegalStateException("stuck");
            });
            attachment.onRemove(() -> undone.add("window"));
            throw new DeviceException("test0: no answer");
        })).isInstanceOf(DeviceException.class).hasMessage("test0: no answer")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .extracting(Throwable::getMessage).isEqualTo("stuck"));
        assertThat(undone).containsExactly("window", "power");

        attachments.remove(device);
        assertThat(undone).hasSize(2);
        probe(device);
    }

    @Test
    void shouldUndoAProbeThatEndsWithAnError() throws DeviceException {
        TestDevice device = new TestDevice("test0");
        assertThatThrownBy(() -> attachments.probe(device, attachment -> {
            attachment.onRemove(() -> undone.add("power"));
            attachment.onRemove(() -> {
                throw new NoClassDefFoundError("Port");
            });
            throw new NoClassDefFoundError("Queue");
        })).isInstanceOf(NoClassDefFoundError.class).hasMessage("Queue")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .extracting(Throwable::getMessage).isEqualTo("Port"));
        assertThat(undone).containsExactly("power");
    }

    @Test
    void shouldUndoEveryStepThoughOneFails() throws DeviceException {
        TestDevice device = new TestDevice("test0");
        attachments.probe(device, attachment -> {
            attachment.onRemove(() -> undone.add("power"));
            for (String step : List.of("b", "a")) {
                attachment.onRemove(() -> {
                    throw new IllegalStateException(step);
                });
            }
        });

        assertThatThrownBy(() -> attachments.remove(device)).hasMessage("a")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .extracting(Throwable::getMessage).isEqualTo("b"));
        assertThat(undone).containsExactly("power");
    }

    @Test
    void shouldLetGoOfAllDevices() throws DeviceException {
        probe(new TestDevice("test0"));
        probe(new TestDevice("test1"));

        attachments.removeAll();
        attachments.removeAll();

        assertThat(undone).containsExactlyInAnyOrder(
                "test0 port", "test0 power", "test1 port", "test1 power");
    }
}
