// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A driver probed a device. */
@Name("hotbus.Probe")
@Label("Probe")
@Description("A driver probed a device")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class ProbeEvent extends StepEvent {
}
