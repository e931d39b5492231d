// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Something else was done with a device or its port. */
@Name("hotbus.DeviceStep")
@Label("Device Step")
@Description("Something else was done with a device or its port")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class OtherStepEvent extends StepEvent {
}
