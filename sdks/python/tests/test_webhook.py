"""What is taken for a webhook of the gateway."""

import base64
import hashlib
import hmac
import json
import time
import unittest

from wagate import WebhookError, unwrap_webhook
from wagate.rest.models import EventType

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BODY = json.dumps(
    {
        "id": "evt_1",
        "type": "webhook.test",
        "timestamp": "2026-11-22T20:19:25.851Z",
        "sequence": 6,
        "workspace_id": "ws_1",
        "data": {"note": "hi"},
    }
).encode()


def headers(age=0, secret=SECRET):
    sent_at = str(int(time.time()) - age)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.new(key, f"evt_1.{sent_at}.".encode() + BODY, hashlib.sha256).digest()
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": sent_at,
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
    }


class Webhook(unittest.TestCase):
    def test_a_signed_body_is_an_event(self):
        event = unwrap_webhook(SECRET, headers(), BODY)
        self.assertEqual((event.type, event.sequence), (EventType.WEBHOOK_TEST, 6))
        self.assertEqual(event.timestamp.year, 2026)

    def test_one_of_two_signatures_suffices_while_a_secret_is_rotated(self):
        both = headers()
        both["webhook-signature"] = f"{headers(secret=OTHER)['webhook-signature']} {both['webhook-signature']}"
        self.assertEqual(unwrap_webhook(SECRET, both, BODY).id, "evt_1")

    def test_what_was_changed_is_old_or_has_no_signature_is_refused(self):
        for given, body in [
            (headers(), BODY.replace(b"hi", b"ho")),
            ({**headers(), "webhook-id": "evt_2"}, BODY),
            (headers(age=302), BODY),
            (headers(age=-302), BODY),
            (headers(secret=OTHER), BODY),
            ({**headers(), "webhook-timestamp": "soon"}, BODY),
            ({**headers(), "webhook-signature": ""}, BODY),
            ({**headers(), "webhook-signature": "v1,\u00fc"}, BODY),
            ({}, BODY),
        ]:
            with self.subTest(given=given), self.assertRaises(WebhookError):
                unwrap_webhook(SECRET, given, body)
