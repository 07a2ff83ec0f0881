//! What handlers answer beside plain JSON.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use wagate_engine::PageOf;

/// One page of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ListOf<T> {
    /// The entries of this page.
    data: Vec<T>,
    /// Whether the list goes on beyond this page, in the direction that was asked for.
    has_more: bool,
}

impl<T> ListOf<T> {
    /// A page of these.
    pub(crate) fn new(data: Vec<T>, has_more: bool) -> Self {
        Self { data, has_more }
    }

    /// The page's rows, each made into what is shown of it.
    pub(crate) fn of<R>(page: PageOf<R>, show: impl FnMut(R) -> T) -> Json<Self> {
        Json(Self { data: page.data.into_iter().map(show).collect(), has_more: page.has_more })
    }
}

impl<T> From<PageOf<T>> for ListOf<T> {
    fn from(page: PageOf<T>) -> Self {
        Self { data: page.data, has_more: page.has_more }
    }
}

/// 201 with what was made.
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 202 with what will be done.
pub(crate) struct Accepted<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

/// An answer that carries a secret: where it is kept, it is kept sealed.
pub(crate) struct Secret<R>(pub(crate) R);

/// The mark of such an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CarriesSecret;

impl<R: IntoResponse> IntoResponse for Secret<R> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(CarriesSecret);
        response
    }
}
