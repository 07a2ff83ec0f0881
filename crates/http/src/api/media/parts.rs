//! A form's parts while they come: the file goes on as it arrives, everything else is a fault.
//!
//! There is no limit on how long an upload takes, but one on how long nothing may come. After a
//! fault the rest is still taken off the wire, up to a bound, so that the sender hears the answer in
//! place of a broken connection.

use crate::problem::{INVALID_MULTIPART, Problem, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::header,
};
use futures_util::{Stream, StreamExt as _, stream};
use multer::{Field, Multipart};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use wagate_engine::media::{FileName, Incoming};
use wagate_model::FieldError;

/// How long the next bytes may take.
const PROGRESS: Duration = Duration::from_secs(30);
/// How long all of it may take, however slowly it comes.
const LONGEST: Duration = Duration::from_hours(1);
/// How much is still taken after a fault.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
/// The most parts that are looked at.
const MOST_PARTS: usize = 20;

const FILE: &str = "file";

/// The file of a form, its bytes handed on.
pub(super) struct Part {
    pub(super) incoming: Incoming,
    pub(super) filename: Option<FileName>,
    /// The name as it was given.
    pub(super) given_name: Option<String>,
}

/// Why the body did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("nothing came for 30 seconds")]
    Stalled,
    #[error("the body broke off")]
    BrokeOff,
}

/// Reads a form with one part, `file`, and hands its bytes on.
pub(super) async fn take(request: Request, incoming: Incoming) -> Result<Part, Problem> {
    let Some(boundary) = boundary(&request) else {
        incoming.abort().await;
        let detail = "The body must be a form, with `Content-Type: multipart/form-data; boundary=...`.";
        return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE, detail));
    };
    let mut reading =
        Reading { incoming, name: None, has_file: false, faults: Vec::new(), refusal: None, discarded: 0 };
    let multipart = Multipart::new(progressing(request.into_body()), boundary);
    let read = tokio::time::timeout(LONGEST, reading.all(multipart)).await;
    reading.end(read.unwrap_or_else(|_| Err(stalled("The body did not arrive within an hour.")))).await
}

/// What a request is compared by: its parts, not the boundary between them.
pub(super) fn hash(given_name: Option<&str>, sha256: &str) -> String {
    let mut hash = Sha256::new();
    for part in [FILE, given_name.unwrap_or_default(), sha256] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

fn boundary(request: &Request) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(value).ok()
}

/// The body's pieces, as long as they keep coming.
fn progressing(body: Body) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static {
    stream::unfold(Some(body.into_data_stream()), async |rest| {
        let mut rest = rest?;
        match tokio::time::timeout(PROGRESS, rest.next()).await {
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(rest))),
            Ok(Some(Err(_))) => Some((Err(Broken::BrokeOff), None)),
            Ok(None) => None,
            Err(_elapsed) => Some((Err(Broken::Stalled), None)),
        }
    })
}

struct Reading {
    incoming: Incoming,
    name: Option<String>,
    has_file: bool,
    faults: Vec<FieldError>,
    /// Why no further bytes are handed on.
    refusal: Option<Problem>,
    discarded: usize,
}

impl Reading {
    async fn all(&mut self, mut multipart: Multipart<'static>) -> Result<(), Problem> {
        let mut parts = 0;
        while let Some(field) = multipart.next_field().await.map_err(|error| broken(&error))? {
            parts += 1;
            let is_file = field.name() == Some(FILE);
            if is_file && !self.has_file {
                self.has_file = true;
                self.name = field.file_name().map(str::to_owned);
                self.file(field).await?;
            } else {
                let name: String = field.name().unwrap_or_default().chars().take(100).collect();
                self.faults.push(if is_file {
                    FieldError::new(FILE, "too_many", "One file was expected.")
                } else {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    FieldError::new(name, "unknown_field", "This part is not known here; known is: file.")
                });
                self.discard(field).await?;
            }
            if parts == MOST_PARTS || self.discarded > MOST_DISCARDED {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn file(&mut self, mut field: Field<'static>) -> Result<(), Problem> {
        while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
            if let Err(refused) = self.incoming.write(bytes).await {
                self.refusal = Some(wagate_engine::Error::from(refused).into());
                return self.discard(field).await;
            }
        }
        Ok(())
    }

    async fn discard(&mut self, mut field: Field<'static>) -> Result<(), Problem> {
        while let Some(bytes) = field.chunk().await.map_err(|error| broken(&error))? {
            self.discarded += bytes.len();
            if self.discarded > MOST_DISCARDED {
                break;
            }
        }
        Ok(())
    }

    async fn end(mut self, read: Result<(), Problem>) -> Result<Part, Problem> {
        if !self.has_file && self.faults.is_empty() {
            self.faults.push(FieldError::required(FILE));
        }
        let faults = (!self.faults.is_empty()).then(|| Problem::invalid(std::mem::take(&mut self.faults)));
        if let Some(problem) = read.err().or(self.refusal).or(faults) {
            self.incoming.abort().await;
            return Err(problem);
        }
        let filename = self.name.as_deref().and_then(FileName::from_text);
        Ok(Part { incoming: self.incoming, filename, given_name: self.name })
    }
}

fn stalled(detail: &str) -> Problem {
    Problem::new(&REQUEST_TIMEOUT, detail)
}

fn broken(error: &multer::Error) -> Problem {
    if let multer::Error::StreamReadFailed(cause) = error
        && matches!(cause.downcast_ref(), Some(Broken::Stalled))
    {
        return stalled("Nothing of the body came for 30 seconds.");
    }
    // The library's words name no bytes of the body.
    Problem::new(&INVALID_MULTIPART, format!("The form cannot be read: {error}."))
}
