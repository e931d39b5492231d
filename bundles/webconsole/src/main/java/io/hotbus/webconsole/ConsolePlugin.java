// SPDX-License-Identifier: Apache-2.0
package io.hotbus.webconsole;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.service.component.annotations.Component;

/** The entry in the menu of the console: the page in a frame below the console's header. */
@Component(service = Servlet.class, property = {
    "felix.webconsole.label=hotbus", "felix.webconsole.title=hotbus"})
public final class ConsolePlugin extends HttpServlet {
    private static final long serialVersionUID = 1L;
    /** What the console says about its own address. */
    private static final String ROOT = "felix.webconsole.appRoot";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.getWriter().printf("<iframe id=\"hotbus\" title=\"hotbus\" src=\"%s%s/\" "
                + "style=\"width:100%%;height:85vh;border:0\"></iframe>%n",
                request.getAttribute(ROOT), PageServlet.PATH);
    }
}
