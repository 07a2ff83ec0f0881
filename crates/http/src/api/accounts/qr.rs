//! `GET /v1/accounts/{id}/qr`

use super::qr_image;
use crate::{
    extract::{Authenticated, PathId, Query, Word},
    problem::Answer,
};
use axum::{
    Json,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use wagate_engine::Engine;
use wagate_model::{AccountId, Timestamp};

/// How a code is answered.
#[derive(Debug, Clone, Copy, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QrFormat {
    /// The text, to be drawn by the caller.
    #[default]
    Json,
    /// A picture of pixels.
    Png,
    /// A picture of shapes.
    Svg,
}

impl FromStr for QrFormat {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "json" => Ok(Self::Json),
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            _ => Err("Expected one of: json, png, svg."),
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QrQuery {
    /// How the code is answered; `json` unless told.
    #[param(value_type = Option<QrFormat>, inline)]
    format: Option<Word<QrFormat>>,
}

/// The code that a phone must scan.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct QrCode {
    /// The text that the QR image carries.
    text: String,
    /// When another code takes its place.
    expires_at: Timestamp,
}

/// Read the QR code of an account
///
/// While its `status` is `qr`; a code lives for some seconds, so ask again. Needs the scope
/// `accounts:write`.
#[utoipa::path(get, path = "/v1/accounts/{id}/qr", operation_id = "read_account_qr", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id."), QrQuery),
    responses((status = 200, description = "The code.", content(
        (QrCode = "application/json"), (Vec<u8> = "image/png"), (String = "image/svg+xml")))))]
pub(crate) async fn qr(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    Query(query): Query<QrQuery>,
) -> Answer<Response> {
    let code = engine.account_qr(&caller, id).await?;
    Ok(match query.format.map_or_else(QrFormat::default, |word| word.0) {
        QrFormat::Json => Json(QrCode { text: code.text, expires_at: code.expires_at }).into_response(),
        QrFormat::Png => ([(CONTENT_TYPE, "image/png")], qr_image::png(&code.text)?).into_response(),
        QrFormat::Svg => ([(CONTENT_TYPE, "image/svg+xml")], qr_image::svg(&code.text)?).into_response(),
    })
}
