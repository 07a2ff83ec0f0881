//! How an endpoint's secrets and headers lie in the database: JSON, sealed.

use crate::{
    Error, Result,
    engine::Shared,
    outbound::{CustomerHeaders, WebhookSecret},
    sealing::SealContext,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use wagate_model::{EndpointId, Timestamp, WorkspaceId};

/// Most replaced secrets that still sign.
const MOST_OLDER: usize = 10;

/// A secret, and until when it signs; the present one has no end.
#[derive(Serialize, Deserialize)]
struct Stored {
    secret: String,
    until: Option<Timestamp>,
}

/// An endpoint's secrets, the present one first.
pub(super) struct Secrets(Vec<Stored>);

impl Secrets {
    /// A new endpoint's.
    pub(super) fn first(secret: &WebhookSecret) -> Self {
        Self(vec![Stored { secret: secret.expose().to_owned(), until: None }])
    }

    /// Puts a new secret in the present one's place, which signs on for `overlap`.
    pub(super) fn rotate(&mut self, new: &WebhookSecret, overlap: Duration, now: Timestamp) {
        let end = now.plus(overlap);
        for older in &mut self.0 {
            older.until = Some(older.until.map_or(end, |until| until.min(end)));
        }
        self.0.retain(|older| older.until.is_some_and(|until| until > now));
        self.0.truncate(MOST_OLDER);
        self.0.insert(0, Stored { secret: new.expose().to_owned(), until: None });
    }

    /// Those that sign at a time, the present one first, and when the next of them stops.
    pub(super) fn live(&self, now: Timestamp) -> Result<(Vec<WebhookSecret>, Timestamp)> {
        let live: Vec<_> = self.0.iter().filter(|stored| stored.until.is_none_or(|until| until > now)).collect();
        let until = live.iter().filter_map(|stored| stored.until).min().unwrap_or(Timestamp::MAX);
        let parse = |stored: &&Stored| WebhookSecret::parse(&stored.secret).map_err(Error::internal);
        Ok((live.iter().map(parse).collect::<Result<_>>()?, until))
    }
}

fn context(workspace_id: WorkspaceId, id: EndpointId, column: &str) -> SealContext {
    SealContext::new(workspace_id, "webhook_configs", format_args!("{id}/{column}"))
}

fn seal(shared: &Shared, context: &SealContext, value: &impl Serialize) -> Result<Vec<u8>> {
    let plain = secrecy::SecretSlice::from(serde_json::to_vec(value).map_err(Error::internal)?);
    shared.keyring.seal_once(plain.expose_secret(), context, &*shared.entropy).map_err(Error::internal)
}

fn open<T: for<'de> Deserialize<'de>>(shared: &Shared, context: &SealContext, sealed: &[u8]) -> Result<T> {
    let plain = shared.keyring.open_once(sealed, context).map_err(Error::internal)?;
    serde_json::from_slice(plain.expose_secret()).map_err(Error::internal)
}

/// Seals an endpoint's secrets.
pub(super) fn seal_secrets(
    shared: &Shared,
    workspace_id: WorkspaceId,
    id: EndpointId,
    secrets: &Secrets,
) -> Result<Vec<u8>> {
    seal(shared, &context(workspace_id, id, "secrets"), &secrets.0)
}

/// What [`seal_secrets`] sealed.
pub(super) fn open_secrets(
    shared: &Shared,
    workspace_id: WorkspaceId,
    id: EndpointId,
    sealed: &[u8],
) -> Result<Secrets> {
    open(shared, &context(workspace_id, id, "secrets"), sealed).map(Secrets)
}

/// Seals the customer's headers; no bytes if there are none.
pub(super) fn seal_headers(
    shared: &Shared,
    workspace_id: WorkspaceId,
    id: EndpointId,
    headers: &CustomerHeaders,
) -> Result<Vec<u8>> {
    if headers.as_map().is_empty() {
        return Ok(Vec::new());
    }
    seal(shared, &context(workspace_id, id, "headers"), headers.as_map())
}

/// What [`seal_headers`] sealed.
pub(super) fn open_headers(
    shared: &Shared,
    workspace_id: WorkspaceId,
    id: EndpointId,
    sealed: &[u8],
) -> Result<BTreeMap<String, String>> {
    if sealed.is_empty() {
        return Ok(BTreeMap::new());
    }
    open(shared, &context(workspace_id, id, "headers"), sealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn live(secrets: &Secrets, at: Timestamp) -> Vec<String> {
        secrets.live(at).unwrap().0.iter().map(|secret| secret.expose().to_owned()).collect()
    }

    fn fresh() -> WebhookSecret {
        WebhookSecret::generate(&OsEntropy)
    }

    #[test]
    fn a_replaced_secret_signs_until_its_overlap_ends() {
        let (old, new) = (fresh(), fresh());
        let mut secrets = Secrets::first(&old);
        secrets.rotate(&new, Duration::from_mins(1), NOW);
        assert_eq!(live(&secrets, NOW), [new.expose(), old.expose()]);
        let end = NOW.plus(Duration::from_mins(1));
        assert_eq!(secrets.live(NOW).unwrap().1, end);
        assert_eq!(live(&secrets, end), [new.expose()]);
        assert_eq!(secrets.live(end).unwrap().1, Timestamp::MAX);
    }

    #[test]
    fn a_rotation_without_overlap_ends_every_older_secret_at_once() {
        let (one, two, three) = (fresh(), fresh(), fresh());
        let mut secrets = Secrets::first(&one);
        secrets.rotate(&two, Duration::from_hours(24), NOW);
        secrets.rotate(&three, Duration::ZERO, NOW);
        assert_eq!(live(&secrets, NOW), [three.expose()]);
    }

    #[test]
    fn a_later_rotation_never_lengthens_an_overlap() {
        let (one, two, three) = (fresh(), fresh(), fresh());
        let mut secrets = Secrets::first(&one);
        secrets.rotate(&two, Duration::from_secs(10), NOW);
        secrets.rotate(&three, Duration::from_hours(24), NOW);
        assert_eq!(live(&secrets, NOW.plus(Duration::from_secs(11))), [three.expose(), two.expose()]);
    }

    #[test]
    fn at_most_ten_replaced_secrets_sign() {
        let mut secrets = Secrets::first(&fresh());
        for _ in 0..30 {
            secrets.rotate(&fresh(), Duration::from_hours(24), NOW);
        }
        assert_eq!(live(&secrets, NOW).len(), 1 + MOST_OLDER);
    }
}
