// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

/** To come. */
final class XdpDriver {
    static final String NAME = "net_af_xdp";
}
