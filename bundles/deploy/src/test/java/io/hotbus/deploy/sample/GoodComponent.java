// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

/** Works. */
public final class GoodComponent {
}
