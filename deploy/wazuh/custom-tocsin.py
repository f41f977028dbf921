"""Hands alerts of Wazuh's integratord to Tocsin's webhook.

integratord runs one script at a time and waits for it, so this one never waits for Tocsin: it writes the alert into a
spool folder, starts a sender in the background if none runs, and is done. The sender posts what is in the spool, oldest
first, and leaves what could not be delivered for the next time. Python 3 without any package: a manager has no other.

ossec.conf:
  <integration>
    <name>custom-tocsin</name>
    <hook_url>http://127.0.0.1:7411/api/webhook</hook_url>
    <api_key>THE KEY OF THE WEBHOOK</api_key>
    <level>3</level>
    <alert_format>json</alert_format>
  </integration>
"""

import fcntl
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

OSSEC = os.environ.get("TOCSIN_OSSEC") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPOOL = os.path.join(OSSEC, "var", "tocsin-spool")
LOG = os.path.join(OSSEC, "logs", "integrations.log")
CA_FILE = os.path.join(OSSEC, "etc", "tocsin-ca.pem")
SPOOL_LIMIT_BYTES = 512 * 1024 * 1024
BATCH_LIMIT_BYTES = 1024 * 1024
ALERT_LIMIT_BYTES = 8 * 1024 * 1024
TIMEOUT_SECONDS = 10
TRIES = 5


def log(text):
    try:
        with open(LOG, "a", encoding="utf-8") as file:
            file.write("%s custom-tocsin: %s\n" % (time.strftime("%Y/%m/%d %H:%M:%S"), text))
    except OSError:
        pass  # There is nowhere else to say it.


def spool(alert_file):
    """Keeps the alert's bytes as they are. The name sorts by time; the rename makes it appear whole."""
    with open(alert_file, "rb") as file:
        alert = file.read(ALERT_LIMIT_BYTES + 1).strip()
    if len(alert) > ALERT_LIMIT_BYTES:
        raise ValueError("the alert is larger than %d bytes" % ALERT_LIMIT_BYTES)
    if is_own_enrichment(alert):
        return  # Tocsin's own enrichment must not come back to it.
    os.makedirs(SPOOL, mode=0o700, exist_ok=True)
    used = spool_bytes()
    if used + len(alert) > SPOOL_LIMIT_BYTES:
        raise ValueError("the spool %s is full (%d bytes): start Tocsin, or empty it" % (SPOOL, used))
    name = "%020d-%d" % (time.time_ns(), os.getpid())
    temporary = os.path.join(SPOOL, "." + name)
    with open(temporary, "wb") as file:
        file.write(alert.replace(b"\n", b" ") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, os.path.join(SPOOL, name + ".alert"))


def spool_bytes():
    used = 0
    for entry in os.scandir(SPOOL):
        try:
            used += entry.stat().st_size
        except FileNotFoundError:
            pass  # Sent meanwhile: no reason to refuse an alert.
    return used


def is_own_enrichment(alert):
    try:
        return json.loads(alert).get("data", {}).get("integration") == "custom-tocsin"
    except (ValueError, AttributeError):
        return False  # Tocsin quarantines what is no JSON; that is not for this script to judge.


def send_all(url, key):
    """Posts the spool until it is empty. One sender at a time: the lock is held by the open file."""
    # What was spooled as the last one was about to go, and whose own sender found the lock taken, is seen after it.
    while waiting() and send_while_locked(url, key):
        pass


def send_while_locked(url, key):
    """Returns whether it emptied the spool: not where another sender does, nor where Tocsin takes nothing."""
    with open(os.path.join(SPOOL, ".lock"), "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        tries = 0
        while True:
            batch = next_batch()
            if not batch:
                return True
            error = post(url, key, b"".join(content for _, content in batch))
            if error is None:
                for path, _ in batch:
                    os.unlink(path)
                tries = 0
                continue
            tries += 1
            if tries >= TRIES:
                log("Tocsin does not take alerts (%s); %d files or more wait in %s" % (error, len(batch), SPOOL))
                return False
            time.sleep(2**tries)


def waiting():
    return sorted(name for name in os.listdir(SPOOL) if name.endswith(".alert"))


def next_batch():
    batch, size = [], 0
    for name in waiting():
        path = os.path.join(SPOOL, name)
        with open(path, "rb") as file:
            content = file.read()
        if batch and size + len(content) > BATCH_LIMIT_BYTES:
            break
        batch.append((path, content))
        size += len(content)
    return batch


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer from elsewhere, such as a page to sign in, is none of Tocsin's: nothing is stored, and the key is not for it."""

    def redirect_request(self, request, file, code, message, headers, url):
        return None


def post(url, key, body):
    """Returns None when Tocsin has stored the alerts, else why not."""
    request = urllib.request.Request(
        url,
        data=body,
        headers={"authorization": "Bearer " + key, "content-type": "application/x-ndjson"},
        method="POST",
    )
    context = None
    if url.startswith("https:"):
        context = ssl.create_default_context(cafile=CA_FILE if os.path.exists(CA_FILE) else None)
    try:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), NoRedirect
        )
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return None if 200 <= response.status < 300 else "HTTP %d" % response.status
    except urllib.error.HTTPError as error:
        return "HTTP %d" % error.code
    except (OSError, ValueError) as error:
        return str(error)


def main(arguments):
    if len(arguments) == 4 and arguments[1] == "--send":
        key = sys.stdin.readline().strip()
        send_all(arguments[2], key)
        return 0
    if len(arguments) < 4 or not arguments[3].startswith(("http://", "https://")):
        log("usage: custom-tocsin ALERT_FILE API_KEY HOOK_URL (set hook_url and api_key in ossec.conf)")
        return 1
    try:
        spool(arguments[1])
    except (OSError, ValueError) as error:
        log("alert not taken: %s" % error)
        return 1
    # The key goes in on standard input: arguments are there for every user to read.
    sender = subprocess.Popen(
        [sys.executable, "-I", os.path.abspath(__file__), "--send", arguments[3], "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        close_fds=True,
    )
    sender.stdin.write((arguments[2] + "\n").encode())
    sender.stdin.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
