//! The headers that let a receiver check where an event comes from.
//!
//! Standard Webhooks v1 (`webhook-id`, `webhook-timestamp`, `webhook-signature`), and for receivers
//! written for older gateways `x-webhook-signature` (hex HMAC-SHA256 of the exact bytes, keyed with
//! the secret as printed) and `x-webhook-event`.

use super::WebhookSecret;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue};
use wagate_model::Timestamp;

/// One event's body on its way to one endpoint, at one attempt.
#[derive(Debug, Clone, Copy)]
pub struct SignedEvent<'a> {
    /// The same for every attempt: receivers use it to drop repeats.
    pub id: &'a str,
    /// The wire name of the event's type.
    pub event_type: &'a str,
    /// When this attempt is made; receivers refuse what is minutes away from their clock.
    pub at: Timestamp,
    /// Exactly the bytes that are sent.
    pub body: &'a [u8],
    /// The endpoint's secret.
    pub secret: &'a WebhookSecret,
    /// Replaced secrets that still sign until their overlap ends.
    pub older_secrets: &'a [WebhookSecret],
}

impl SignedEvent<'_> {
    /// Writes the signing headers and the content type into `headers`, over whatever is there.
    /// Fails if id or type hold characters that a header cannot carry; ours never do.
    pub fn write_headers(&self, headers: &mut HeaderMap) -> Result<(), InvalidHeaderValue> {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("webhook-id", HeaderValue::from_str(self.id)?);
        headers.insert("webhook-timestamp", HeaderValue::from(self.at.seconds()));
        headers.insert("webhook-signature", HeaderValue::from_str(&self.signatures())?);
        let bare = hex::encode(self.secret.sign_with_text(self.body));
        headers.insert("x-webhook-signature", HeaderValue::from_str(&bare)?);
        headers.insert("x-webhook-event", HeaderValue::from_str(self.event_type)?);
        Ok(())
    }

    /// `v1,<base64>` for each secret that signs, the present one first, with spaces between.
    fn signatures(&self) -> String {
        let seconds = self.at.seconds().to_string();
        let parts = [self.id.as_bytes(), b".", seconds.as_bytes(), b".", self.body];
        let secrets = std::iter::once(self.secret).chain(self.older_secrets);
        let entries: Vec<_> = secrets.map(|secret| format!("v1,{}", STANDARD.encode(secret.sign(&parts)))).collect();
        entries.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{OsEntropy, seeded::SeededEntropy};
    use proptest::prelude::*;
    use standardwebhooks::Webhook;

    fn headers(event: &SignedEvent<'_>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        event.write_headers(&mut headers).unwrap();
        headers
    }

    /// The reference verifier reads the system's clock, so what it judges is signed by that clock.
    fn present() -> Timestamp {
        Timestamp(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis().try_into().unwrap())
    }

    fn event<'a>(body: &'a [u8], secret: &'a WebhookSecret, older: &'a [WebhookSecret]) -> SignedEvent<'a> {
        SignedEvent {
            id: "evt_01jd0c2q4w8v7h3n5k6m9p0r1s",
            event_type: "message.status",
            at: present(),
            body,
            secret,
            older_secrets: older,
        }
    }

    #[test]
    fn the_reference_verifier_accepts_our_headers() {
        let secret = WebhookSecret::generate(&OsEntropy);
        let body = "{\"text\":\"gr\u{fc}\u{df} dich\"}".as_bytes();
        let headers = headers(&event(body, &secret, &[]));
        Webhook::new(secret.expose()).unwrap().verify(body, &headers).unwrap();
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["x-webhook-event"], "message.status");
    }

    #[test]
    fn the_reference_verifier_refuses_a_changed_body_and_another_secret() {
        let secret = WebhookSecret::generate(&OsEntropy);
        let headers = headers(&event(b"{}", &secret, &[]));
        assert!(Webhook::new(secret.expose()).unwrap().verify(b"{ }", &headers).is_err());
        let other = WebhookSecret::generate(&OsEntropy);
        assert!(Webhook::new(other.expose()).unwrap().verify(b"{}", &headers).is_err());
    }

    #[test]
    fn during_a_rotation_old_and_new_secret_both_verify() {
        let (new, old) = (WebhookSecret::generate(&OsEntropy), WebhookSecret::generate(&OsEntropy));
        let (current, older) =
            (WebhookSecret::parse(new.expose()).unwrap(), [WebhookSecret::parse(old.expose()).unwrap()]);
        let headers = headers(&event(b"{}", &current, &older));
        for secret in [&new, &old] {
            Webhook::new(secret.expose()).unwrap().verify(b"{}", &headers).unwrap();
        }
        assert_eq!(headers["webhook-signature"].to_str().unwrap().split(' ').count(), 2);
    }

    #[test]
    fn the_example_of_the_specification_gives_its_signature() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let event = SignedEvent {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            event_type: "test",
            at: Timestamp(1_614_265_330_000),
            body: b"{\"test\": 2432232314}",
            secret: &secret,
            older_secrets: &[],
        };
        let headers = headers(&event);
        assert_eq!(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(headers["webhook-timestamp"], "1614265330");
    }

    #[test]
    fn the_bare_signature_is_the_hex_hmac_of_the_body_under_the_printed_secret() {
        // printf '{"a":1}' | openssl dgst -sha256 -hmac whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX
        let secret = WebhookSecret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX").unwrap();
        let headers = headers(&event(b"{\"a\":1}", &secret, &[]));
        assert_eq!(headers["x-webhook-signature"], "b216cb8a53ef236f24c7496fa4a446c2710b08f0571c64fc9108e521b1b40431");
    }

    #[test]
    fn a_header_of_the_customer_never_replaces_ours() {
        let secret = WebhookSecret::generate(&OsEntropy);
        let mut headers = HeaderMap::new();
        headers.append("webhook-id", HeaderValue::from_static("forged"));
        headers.append("webhook-id", HeaderValue::from_static("forged too"));
        event(b"{}", &secret, &[]).write_headers(&mut headers).unwrap();
        assert_eq!(headers.get_all("webhook-id").iter().count(), 1);
    }

    proptest! {
        #[test]
        fn every_text_body_verifies_with_the_reference(body in ".{0,200}", seed: u64) {
            let secret = WebhookSecret::generate(&SeededEntropy::new(seed));
            let headers = headers(&event(body.as_bytes(), &secret, &[]));
            prop_assert!(Webhook::new(secret.expose()).unwrap().verify(body.as_bytes(), &headers).is_ok());
        }
    }
}
