//! One try: signs a delivery, posts it, judges what came back.

use super::{
    target::Target,
    verdict::{Verdict, judge},
};
use crate::{
    engine::Shared,
    outbound::{PostError, PostErrorKind, PostOutcome, SignedEvent},
};
use std::{mem, sync::Arc, time::Duration};
use wagate_model::{
    Timestamp,
    webhook::{Trigger, WebhookAttempt},
};
use wagate_store::deliveries::Due;

/// A try that was made, not yet recorded.
pub(super) struct Tried {
    /// Where it was posted.
    pub(super) target: Arc<Target>,
    /// What was tried; its body is gone.
    pub(super) due: Due,
    /// When the try began.
    pub(super) at: Timestamp,
    /// How long it took.
    pub(super) duration_ms: u64,
    /// What came of it.
    pub(super) verdict: Verdict,
}

/// Posts a delivery once.
pub(super) async fn post(shared: &Shared, target: Arc<Target>, mut due: Due) -> Tried {
    let at = shared.clock.now();
    let body = mem::take(&mut due.body);
    let mut headers = target.headers.clone();
    let signed = SignedEvent {
        id: &due.event_id.to_string(),
        event_type: due.event_type.as_str(),
        at,
        body: body.as_bytes(),
        secret: &target.secret,
        older_secrets: &target.older_secrets,
    }
    .write_headers(&mut headers);
    let outcome = match signed {
        Ok(()) => shared.outbound.post(&target.url, headers, body).await,
        Err(error) => unsignable(&error),
    };
    let duration_ms = outcome.duration_ms;
    let verdict = judge(outcome);
    metrics::histogram!("webhook_seconds").record(Duration::from_millis(duration_ms).as_secs_f64());
    metrics::counter!("webhook_attempts_total", "outcome" => verdict.kind.label()).increment(1);
    Tried { target, due, at, duration_ms, verdict }
}

fn unsignable(error: &reqwest::header::InvalidHeaderValue) -> PostOutcome {
    tracing::error!(error = %error, "an event's id or type cannot be a header");
    let result = Err(PostError { kind: PostErrorKind::Other, detail: "the event could not be signed".to_owned() });
    PostOutcome { duration_ms: 0, result }
}

impl Tried {
    /// The try as the log of attempts keeps it.
    pub(super) fn attempt(&self, shared: &Shared) -> WebhookAttempt {
        WebhookAttempt {
            id: shared.ids.next(),
            delivery_id: self.due.id,
            number: self.due.attempts.saturating_add(1),
            trigger: if self.due.is_manual { Trigger::Manual } else { Trigger::Schedule },
            status_code: self.verdict.status_code,
            error: self.verdict.error.clone(),
            response: self.verdict.response.clone(),
            duration_ms: u32::try_from(self.duration_ms).unwrap_or(u32::MAX),
            at: self.at,
        }
    }
}
