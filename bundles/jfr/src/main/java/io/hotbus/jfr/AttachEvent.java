// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A bus attached a device. */
@Name("hotbus.Attach")
@Label("Attach")
@Description("A bus attached a device")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class AttachEvent extends StepEvent {
}
