// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A bundle was started, updated or stopped. */
@Name("hotbus.Bundle")
@Label("Bundle")
@Description("A bundle was started, updated or stopped")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class BundleEvent extends StepEvent {
}
