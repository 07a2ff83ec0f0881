//! A template that Meta approved, with its blanks filled in.

mod parameter;

pub use parameter::{Currency, DateTime, TemplateParameter};

use super::fields::{Fields, choice, line_like, list, object, whole};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A template that Meta approved, by name and language, with what fills its blanks. The shape is
/// Meta's. Whether template and parameters fit each other is Meta's answer.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name: 1 to 512 lowercase letters, digits and underscores (Meta's limit).
    #[schema(min_length = 1, max_length = 512, pattern = "^[a-z0-9_]+$")]
    pub name: String,
    /// The language to send it in.
    pub language: Language,
    /// What fills the blanks of its parts, up to 12 parts: a header, a body and 10 buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 12)]
    pub components: Vec<TemplateComponent>,
}

/// A language that a template was approved in.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Such as `en` or `pt_BR`.
    #[schema(pattern = "^[a-z]{2,3}(_[A-Z]{2})?$")]
    pub code: String,
    /// May be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<LanguagePolicy>,
}

/// What to do if the recipient's device has another language.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguagePolicy {
    /// Send it in the language given.
    Deterministic,
}

/// What fills the blanks of one part of a template; up to 100 parameters (our limit).
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum TemplateComponent {
    /// The header.
    Header {
        /// In the order of its blanks.
        parameters: Vec<TemplateParameter>,
    },
    /// The body.
    Body {
        /// In the order of its blanks.
        parameters: Vec<TemplateParameter>,
    },
    /// One of the buttons.
    Button {
        /// What kind of button.
        sub_type: ButtonKind,
        /// Which button, from 0 to 9.
        #[schema(maximum = 9)]
        index: u8,
        /// In the order of its blanks.
        parameters: Vec<TemplateParameter>,
    },
}

/// The kinds of a template's buttons.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Answers; takes a `payload`.
    QuickReply,
    /// Opens a web page; takes the `text` that ends its URL.
    Url,
    /// Copies a code; takes a `coupon_code`.
    CopyCode,
}

super::silent_debug!(Template, Language, LanguagePolicy, TemplateComponent, ButtonKind);

impl Template {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let expected = "A name of lowercase letters, digits and underscores";
        let name = fields.needed("name", line_like(512, is_name, expected));
        let language = fields.needed("language", |value| object(value, Language::read));
        let components = fields.given("components", list(0..=12, |it| object(it, TemplateComponent::read)));
        Some(Self { name: name?, language: language?, components: components.unwrap_or_default() })
    }

    pub(super) fn sample() -> Self {
        let text = |text: &str| TemplateParameter::Text { text: text.to_owned(), parameter_name: None };
        Self {
            name: "order_update".to_owned(),
            language: Language { code: "en_US".to_owned(), policy: None },
            components: vec![
                TemplateComponent::Body { parameters: vec![text("Jane"), text("1042")] },
                TemplateComponent::Button { sub_type: ButtonKind::Url, index: 0, parameters: vec![text("o/1042")] },
            ],
        }
    }
}

impl Language {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.needed("code", line_like(6, is_language, "A code such as `en` or `pt_BR`"));
        let policy = fields.optional("policy", choice(&[("deterministic", LanguagePolicy::Deterministic)]));
        Some(Self { code: code?, policy })
    }
}

impl TemplateComponent {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        #[derive(Clone, Copy)]
        enum Kind {
            Header,
            Body,
            Button,
        }
        const KINDS: &[(&str, Kind)] = &[("header", Kind::Header), ("body", Kind::Body), ("button", Kind::Button)];
        let parameters = fields.needed("parameters", list(0..=100, |it: &Value| object(it, TemplateParameter::read)));
        let Some(kind) = fields.needed("type", choice(KINDS)) else {
            fields.know(&["sub_type", "index"]);
            return None;
        };
        match kind {
            Kind::Header => Some(Self::Header { parameters: parameters? }),
            Kind::Body => Some(Self::Body { parameters: parameters? }),
            Kind::Button => {
                let sub_type = fields.needed("sub_type", choice(ButtonKind::WORDS));
                let index = fields.needed("index", whole(0..=9)).and_then(|index| u8::try_from(index).ok());
                Some(Self::Button { sub_type: sub_type?, index: index?, parameters: parameters? })
            }
        }
    }
}

impl ButtonKind {
    const WORDS: &[(&'static str, Self)] =
        &[("quick_reply", Self::QuickReply), ("url", Self::Url), ("copy_code", Self::CopyCode)];
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_language(text: &str) -> bool {
    let (language, country) = text.split_once('_').unwrap_or((text, "ZZ"));
    let is_lower = language.bytes().all(|b| b.is_ascii_lowercase());
    is_lower
        && (2..=3).contains(&language.len())
        && country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
}
