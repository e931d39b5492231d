<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Makes the index one that every resolver understands, Felix OBR among them. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:r="http://www.osgi.org/xmlns/repository/v1.0.0">
  <xsl:strip-space elements="*"/>
  <xsl:output indent="yes"/>

  <xsl:template match="@*|node()">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
    </xsl:copy>
  </xsl:template>

  <!-- bnd's own: a resource without a file for each Java level of a multi-release jar. -->
  <xsl:template match="r:resource[r:capability/r:attribute[@name='type']/@value='bnd.synthetic']"/>
  <xsl:template match="r:requirement[@namespace='bnd.multirelease']"/>
  <xsl:template match="r:attribute[@name='bnd.hashes']"/>

  <!-- The contract tests are run by Maven, which brings JUnit along. -->
  <xsl:template match="r:resource[r:capability/r:attribute[@name='osgi.identity']/@value='io.hotbus.tck']"/>

  <!-- What a bundle needs once it is active, such as a service, is to be installed with it; OBR
       heeds only what is needed to resolve. What it can do without is left to whoever wants it. -->
  <xsl:template match="r:requirement/r:directive[@name='effective']"/>
  <xsl:template match="r:requirement[r:directive[@name='effective']/@value='active'
                                     and r:directive[@name='resolution']/@value='optional']"/>
</xsl:stylesheet>
