// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** An lcore did not come round to its next poll. */
@Name("hotbus.LcoreStall")
@Label("Lcore Stall")
@Description("An lcore did not come round to its next poll")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class LcoreStallEvent extends StepEvent {
}
