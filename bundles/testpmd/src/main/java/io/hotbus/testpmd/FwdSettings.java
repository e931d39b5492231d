// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import java.util.function.UnaryOperator;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is set for forwarding: at first by the command line, then by verbs. A service; any thread.
 */
@ProviderType
public interface FwdSettings {
    /** How packets are forwarded, at the next start. */
    FwdConfig config();

    /**
     * Changes how packets are forwarded, from the next start on.
     *
     * @param change returns the next configuration for the present one
     */
    void change(UnaryOperator<FwdConfig> change);

    /** What is set on the port of that device. */
    PortPlan plan(String device);

    /**
     * Changes what is set on the port of that device, from its next start on.
     *
     * @param change returns the next plan for the present one
     */
    void changePlan(String device, UnaryOperator<PortPlan> change);
}
