"""Chromium without a window, used as a person would, for tests of our web pages.

chromedriver is spoken to by the WebDriver protocol (w3.org/TR/webdriver2), with nothing but Python's
library. A page says that it is drawn by data-ready="yes" on its root. What differs from what a test
expects is collected in `failures`.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Down": "\ue015", "Up": "\ue013", "Backspace": "\ue003"}
failures = []


class Browser:
    def __init__(self, size="1300,800"):
        self.data = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        port = None
        for line in self.driver.stdout:
            port = re.search(r"on port (\d+)", line)
            if port and port.group(1) != "0":
                break
        if not port:
            sys.exit("chromedriver has ended without a port")
        self.base = f"http://127.0.0.1:{port.group(1)}"
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", "--disable-dev-shm-usage",
                     f"--user-data-dir={self.data.name}", f"--window-size={size}"]
        options = {"args": arguments, "perfLoggingPrefs": {"enableNetwork": True}}
        if os.path.exists("/usr/bin/chromium"):
            options["binary"] = "/usr/bin/chromium"
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = f"/session/{answer['sessionId']}"

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:500]) from error

    def post(self, path, body):
        return self.call("POST", self.session + path, body)

    def run(self, script, *arguments):
        return self.post("/execute/sync", {"script": script, "args": list(arguments)})

    def open(self, path):
        self.post("/url", {"url": "file://" + os.path.abspath(path)})
        self.wait("return document.documentElement.dataset.ready === 'yes'")

    def wait(self, script):
        self.post("/execute/async", {"args": [], "script": f"""
            const done = arguments[0], look = () => (() => {{ {script} }})() ? done(true)
                : setTimeout(look, 20); look();"""})

    def press(self, text):
        actions = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.post("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def click_at(self, x, y, press=True):
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}]
        if press:
            moves += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.post("/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def click(self, selector):
        self.run("document.querySelector(arguments[0]).click()", selector)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def type(self, selector, text):
        self.run("""const at = document.querySelector(arguments[0]); at.value = arguments[1];
                    at.dispatchEvent(new Event('input'))""", selector, text)

    def resize(self, width, height):
        self.post("/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def before_load(self, script):
        """Runs in each page from now on, before its own scripts."""
        self.post("/goog/cdp/execute", {"cmd": "Page.addScriptToEvaluateOnNewDocument",
                                        "params": {"source": script}})

    def shot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", self.session + "/screenshot")))

    def log(self, kind):
        return self.post("/se/log", {"type": kind})

    def close(self):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.data.cleanup()


def expect(what, found, wanted):
    if not (wanted(found) if callable(wanted) else found == wanted):
        failures.append(f"{what}: found {found!r}" + ("" if callable(wanted) else f", expected {wanted!r}"))


def has(text):
    return lambda found: text in found


def check_silence(browser):
    """No word on the console, no request to a network."""
    for entry in browser.log("browser"):
        failures.append(f"console: {entry['message']}")
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        url = message["params"].get("request", {}).get("url", "")
        if message["method"] == "Network.requestWillBeSent" and not url.startswith(("file:", "data:", "chrome:")):
            failures.append(f"network: {url}")
