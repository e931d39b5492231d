// SPDX-License-Identifier: Apache-2.0
/** Configuration files, from the folder to Configuration Admin. */
package io.hotbus.config;
