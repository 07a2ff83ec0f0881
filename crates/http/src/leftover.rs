//! What nobody reads of a large body is taken off the wire after the answer.
//!
//! A server that answers early, say with 401, and closes while its caller still sends, breaks the
//! connection under the answer: the caller hears of a broken pipe, and a proxy makes it a 502.

use axum::{
    BoxError,
    body::{Body, BodyDataStream, Bytes, HttpBody as _},
    extract::Request,
};
use futures_util::{Stream, StreamExt as _};
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

/// Bodies up to this many bytes are on this machine already, and the server reads them by itself.
const SMALL: u64 = 64 * 1024;
/// How many bytes are taken at most.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// How long that may last.
const PATIENCE: Duration = Duration::from_secs(30);

/// The place to which an unread body comes back.
#[derive(Clone, Default)]
pub(crate) struct Leftover(Arc<Mutex<Option<BodyDataStream>>>);

impl Leftover {
    /// Lends a large body to the handler; what the handler does not read comes back.
    pub(crate) fn lend(&self, request: Request) -> Request {
        if request.body().size_hint().upper().is_some_and(|most| most <= SMALL) {
            return request;
        }
        let home = self.clone();
        request.map(|body| Body::from_stream(Lent { stream: Some(body.into_data_stream()), home }))
    }

    /// Reads what came back and throws it away.
    pub(crate) async fn discard(self) {
        let Some(mut stream) = self.0.lock().ok().and_then(|mut home| home.take()) else { return };
        let reading = async {
            let mut seen = 0;
            while let Some(Ok(chunk)) = stream.next().await {
                seen += chunk.len();
                if seen > MOST_BYTES {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.ok(); // whoever is that slow is cut off
    }
}

/// A body on loan.
struct Lent {
    stream: Option<BodyDataStream>,
    home: Leftover,
}

impl Stream for Lent {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
        let polled = stream.poll_next_unpin(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.stream = None;
        }
        polled.map_err(Into::into)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(stream), Ok(mut home)) = (self.stream.take(), self.home.0.lock()) {
            *home = Some(stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_the_end::to_the_end;
    use axum::{Router, http::StatusCode, middleware::from_fn, routing::post};
    use futures_util::stream;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::oneshot;
    use tower::ServiceExt as _;

    const CHUNK: usize = 100_000;
    const CHUNKS: usize = 30;

    /// A body of many chunks, and how many were taken; it comes only once it is let go.
    fn slow_body(taken: &Arc<AtomicUsize>, go: oneshot::Receiver<()>) -> Body {
        let taken = taken.clone();
        let first = stream::once(async move {
            go.await.ok();
            Ok::<_, BoxError>(Bytes::new())
        });
        let rest = stream::iter(0..CHUNKS).map(move |_| {
            taken.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from(vec![0; CHUNK]))
        });
        Body::from_stream(first.chain(rest))
    }

    async fn taken_all(taken: &AtomicUsize) {
        while taken.load(Ordering::SeqCst) < CHUNKS {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_refusal_comes_at_once_and_the_body_is_taken_all_the_same() {
        let routes = Router::new().route("/", post(async || StatusCode::UNAUTHORIZED)).layer(from_fn(to_the_end));
        let (taken, (go, gone)) = (Arc::default(), oneshot::channel());
        let request = Request::post("/").body(slow_body(&taken, gone)).unwrap();
        let answer = routes.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(taken.load(Ordering::SeqCst), 0);
        go.send(()).unwrap();
        taken_all(&taken).await;
    }

    #[tokio::test]
    async fn a_handler_reads_a_lent_body_whole() {
        let read = post(async |body: Body| {
            body.into_data_stream()
                .map(|chunk| chunk.unwrap().len())
                .collect::<Vec<_>>()
                .await
                .iter()
                .sum::<usize>()
                .to_string()
        });
        let routes = Router::new().route("/", read).layer(from_fn(to_the_end));
        let (taken, (go, gone)) = (Arc::default(), oneshot::channel());
        go.send(()).unwrap();
        let answer = routes.oneshot(Request::post("/").body(slow_body(&taken, gone)).unwrap()).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
        assert_eq!(bytes, (CHUNK * CHUNKS).to_string());
    }
}
