"""What Wazuh users run today: integratord starts this once per alert, and it asks a model about that alert."""

import json
import sys
import urllib.request

with open(sys.argv[1], encoding="utf-8") as file:
    alert = file.read()
prompt = "You are a SOC analyst. Explain this Wazuh alert and say whether it is a true positive:\n" + alert
body = json.dumps({"model": "stub", "messages": [{"role": "user", "content": prompt}]}).encode()
request = urllib.request.Request(sys.argv[3], data=body, headers={"content-type": "application/json"})
with urllib.request.urlopen(request, timeout=60) as response:
    json.load(response)
