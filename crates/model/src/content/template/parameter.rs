//! What fills one blank of a template.

use super::super::{
    MediaSource,
    fields::{Fields, choice, line, object, text, whole},
    silent_debug,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What fills one blank. `type` names the field that holds it.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TemplateParameter {
    /// Words.
    Text {
        /// Up to 32,768 characters (the most that Meta takes for a whole body).
        #[schema(min_length = 1, max_length = 32768)]
        text: String,
        /// The blank's name, for templates with named blanks; up to 256 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(min_length = 1, max_length = 256)]
        parameter_name: Option<String>,
    },
    /// A sum of money.
    Currency {
        /// The sum.
        currency: Currency,
    },
    /// A time.
    DateTime {
        /// The time.
        date_time: DateTime,
    },
    /// A picture, for headers.
    Image {
        /// The file.
        image: MediaSource,
    },
    /// A film, for headers.
    Video {
        /// The file.
        video: MediaSource,
    },
    /// A file, for headers.
    Document {
        /// The file.
        document: MediaSource,
    },
    /// What a quick reply answers.
    Payload {
        /// Up to 256 characters.
        #[schema(min_length = 1, max_length = 256)]
        payload: String,
    },
    /// What a button copies.
    CouponCode {
        /// Up to 15 characters (Meta's limit).
        #[schema(min_length = 1, max_length = 15)]
        coupon_code: String,
    },
}

/// A sum of money, which each device writes in its own way.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// What devices show that cannot write it themselves, up to 256 characters.
    #[schema(min_length = 1, max_length = 256)]
    pub fallback_value: String,
    /// The currency by ISO 4217, such as `EUR`.
    #[schema(min_length = 3, max_length = 3)]
    pub code: String,
    /// The sum, multiplied by 1000.
    pub amount_1000: i64,
}

/// A time, in words.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateTime {
    /// The words, up to 256 characters.
    #[schema(min_length = 1, max_length = 256)]
    pub fallback_value: String,
}

silent_debug!(TemplateParameter, Currency, DateTime);

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Currency,
    DateTime,
    Image,
    Video,
    Document,
    Payload,
    CouponCode,
}

const KINDS: &[(&str, Kind)] = &[
    ("text", Kind::Text),
    ("currency", Kind::Currency),
    ("date_time", Kind::DateTime),
    ("image", Kind::Image),
    ("video", Kind::Video),
    ("document", Kind::Document),
    ("payload", Kind::Payload),
    ("coupon_code", Kind::CouponCode),
];

impl TemplateParameter {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let file = |value: &Value| object(value, MediaSource::read);
        let Some(kind) = fields.needed("type", choice(KINDS)) else {
            fields.know(&["parameter_name"]);
            for (name, _) in KINDS {
                fields.know(&[name]);
            }
            return None;
        };
        match kind {
            Kind::Text => {
                let parameter_name = fields.optional("parameter_name", line(256));
                fields.needed("text", text(32_768)).map(|text| Self::Text { text, parameter_name })
            }
            Kind::Currency => {
                let currency = fields.needed("currency", |value| object(value, Currency::read));
                currency.map(|currency| Self::Currency { currency })
            }
            Kind::DateTime => {
                let date_time = fields.needed("date_time", |value| object(value, DateTime::read));
                date_time.map(|date_time| Self::DateTime { date_time })
            }
            Kind::Image => fields.needed("image", file).map(|image| Self::Image { image }),
            Kind::Video => fields.needed("video", file).map(|video| Self::Video { video }),
            Kind::Document => fields.needed("document", file).map(|document| Self::Document { document }),
            Kind::Payload => fields.needed("payload", line(256)).map(|payload| Self::Payload { payload }),
            Kind::CouponCode => {
                fields.needed("coupon_code", line(15)).map(|coupon_code| Self::CouponCode { coupon_code })
            }
        }
    }
}

impl Currency {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let fallback_value = fields.needed("fallback_value", line(256));
        let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        let code = fields.needed("code", super::line_like(3, is_code, "A code such as `EUR`"));
        let amount_1000 = fields.needed("amount_1000", whole(i64::MIN..=i64::MAX));
        Some(Self { fallback_value: fallback_value?, code: code?, amount_1000: amount_1000? })
    }
}

impl DateTime {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { fallback_value: fields.needed("fallback_value", line(256))? })
    }
}
