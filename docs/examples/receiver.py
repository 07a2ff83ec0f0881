"""A webhook receiver that checks signatures, with the standard library alone."""
import base64, hashlib, hmac, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"]  # whsec_...


def is_genuine(secret, headers, body, tolerance=300):
    """Whether the headers sign exactly these bytes, and lately."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_at = headers.get("webhook-timestamp", "")
    if not sent_at.isdigit() or abs(time.time() - int(sent_at)) > tolerance:
        return False
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    entries = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(f"v1,{expected}", entry) for entry in entries)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not is_genuine(SECRET, self.headers, body):
            self.send_response(401)
        else:
            print(self.headers["webhook-id"], body.decode(), flush=True)
            self.send_response(204)
        self.end_headers()


ThreadingHTTPServer(("127.0.0.1", 9000), Receiver).serve_forever()
