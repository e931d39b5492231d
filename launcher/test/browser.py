# SPDX-License-Identifier: Apache-2.0
"""A real Chromium for tests of pages, by Debian's selenium."""

import re
import shutil
import time

LIMIT = 60


def missing():
    """What is not installed here; None: nothing."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "no selenium (apt-get install python3-selenium)"
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        return "no Chromium (apt-get install chromium chromium-driver)"
    return None


def chromium():
    """A browser without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900",
                     "--lang=en-GB"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def until(condition, what, limit=LIMIT):
    """Waits for a value that is true, and returns it; `what` says what was waited for."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what() if callable(what) else what}")
        time.sleep(0.05)


class Page:
    """A page in the browser."""

    def __init__(self, driver):
        self.driver = driver

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, css):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def shown(self, css):
        return self.js("return document.querySelector(arguments[0])?.checkVisibility() ?? false", css)

    def await_text(self, css, pattern):
        until(lambda: re.search(pattern, self.text(css), re.S),
              lambda: f"{css} says {pattern!r}, not {self.text(css)!r}")

    def click(self, css):
        self.driver.find_element("css selector", css).click()

    def type(self, css, text):
        field = self.driver.find_element("css selector", css)
        field.clear()
        field.send_keys(text)

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def scheme(self, scheme, motion="no-preference"):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})

    def width(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def errors(self):
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
