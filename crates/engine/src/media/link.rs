//! Files are fetched from customers' links: guarded as webhooks are, bounded in size and time.

use super::incoming::{Incoming, NotStored, Stored};
use crate::{
    Engine,
    outbound::{CustomerUrl, PostError, PostErrorKind},
};
use reqwest::{Response, StatusCode, header::LOCATION};
use std::time::Duration;
use wagate_model::{Reason, WorkspaceId, provider::SendFailure};

/// How many times a server may send us elsewhere; each place is judged as the first one was.
const MOST_REDIRECTS: usize = 3;
/// How long the next bytes may take, and all of them.
const PROGRESS: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_mins(2);
/// How often it is tried when the network or the server is at fault, and the pause between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Why a try failed.
struct Missed {
    failure: SendFailure,
    may_be_tried_again: bool,
}

fn unavailable(detail: impl Into<String>) -> SendFailure {
    SendFailure::new(Reason::MediaUnavailable, detail)
}

fn finally(failure: SendFailure) -> Missed {
    Missed { failure, may_be_tried_again: false }
}

fn for_now(detail: impl Into<String>) -> Missed {
    Missed { failure: unavailable(detail), may_be_tried_again: true }
}

impl Engine {
    /// Fetches a link into the object store.
    pub(super) async fn fetch_link(
        &self,
        workspace_id: WorkspaceId,
        link: &str,
        limit: u64,
    ) -> Result<Stored, SendFailure> {
        let all_tries = async {
            let mut tries = 1;
            loop {
                match self.try_link(workspace_id, link, limit).await {
                    Ok(stored) => return Ok(stored),
                    Err(missed) if missed.may_be_tried_again && tries < TRIES => tries += 1,
                    Err(missed) => return Err(missed.failure),
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let late = || Err(unavailable("the file did not arrive within two minutes"));
        tokio::time::timeout(LONGEST, all_tries).await.unwrap_or_else(|_elapsed| late())
    }

    async fn try_link(&self, workspace_id: WorkspaceId, link: &str, limit: u64) -> Result<Stored, Missed> {
        let mut response = self.follow_link(link).await?;
        let too_large = || finally(SendFailure::new(Reason::MediaTooLarge, format!("at most {limit} bytes are taken")));
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut incoming = Incoming::begin(&self.media, self.new_location(workspace_id), limit);
        loop {
            let piece = match tokio::time::timeout(PROGRESS, response.chunk()).await {
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => break,
                Ok(Err(_)) | Err(_) => {
                    incoming.abort().await;
                    return Err(for_now("the file broke off"));
                }
            };
            match incoming.write(piece).await {
                Ok(()) => {}
                Err(NotStored::TooLarge(_)) => {
                    incoming.abort().await;
                    return Err(too_large());
                }
                Err(error) => return Err(finally(storage(&error))),
            }
        }
        incoming.finish().await.map_err(|error| finally(storage(&error)))
    }

    /// The answer with the file, wherever the link leads.
    async fn follow_link(&self, link: &str) -> Result<Response, Missed> {
        let refused = |fault: wagate_model::FieldError| finally(unavailable(fault.detail));
        let mut url = CustomerUrl::from_stored(link).map_err(refused)?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.outbound.get(&url).await.map_err(|error| missed(&error))?;
            let status = response.status();
            if status.is_success() && status != StatusCode::PARTIAL_CONTENT {
                return Ok(response);
            }
            if !status.is_redirection() {
                let detail = format!("the server answered {}", status.as_u16());
                return Err(if status.is_server_error() { for_now(detail) } else { finally(unavailable(detail)) });
            }
            let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next =
                next.and_then(|next| url.join(next)).ok_or_else(|| finally(unavailable("a redirect leads nowhere")))?;
            url = CustomerUrl::parse("link", &next, self.outbound.policy()).map_err(refused)?;
        }
        Err(finally(unavailable("there are too many redirects")))
    }
}

fn missed(error: &PostError) -> Missed {
    let may_be_tried_again = !matches!(error.kind, PostErrorKind::ForbiddenAddress | PostErrorKind::Tls);
    Missed { failure: unavailable(error.to_string()), may_be_tried_again }
}

/// Our own storage failed: that is no fault of the file's, so it is tried again later.
pub(super) fn storage(error: &NotStored) -> SendFailure {
    tracing::warn!(%error, "a file could not be stored");
    SendFailure::new(Reason::Internal, "the storage of files is not available")
}
