//! What can be pressed below the words: buttons, a list or a link.

use super::super::{
    fields::{Faults, Fields, choice, first_repeated, line, list, object, web_url},
    silent_debug,
};
use crate::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What can be pressed.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", content = "action", rename_all = "snake_case")]
pub enum InteractiveAction {
    /// Buttons that answer.
    Button(Buttons),
    /// A button that opens a list of answers.
    List(List),
    /// A button that opens a web page.
    CtaUrl(CtaUrl),
}

/// Buttons that answer.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Buttons {
    /// 1 to 3 buttons with different ids and titles.
    #[schema(min_items = 1, max_items = 3)]
    pub buttons: Vec<Button>,
}

/// One button.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Button {
    /// Pressed, it answers.
    Reply {
        /// The answer.
        reply: Reply,
    },
}

/// What a pressed button answers.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Comes back with the answer, up to 256 characters.
    #[schema(min_length = 1, max_length = 256)]
    pub id: String,
    /// What stands on the button, up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    pub title: String,
}

/// A list of answers behind one button.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What stands on the button that opens the list, up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    pub button: String,
    /// 1 to 10 sections, with at most 10 rows in all of them.
    #[schema(min_items = 1, max_items = 10)]
    pub sections: Vec<Section>,
}

/// A part of a list.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What stands above its rows, up to 24 characters; needed when there is more than one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 24)]
    pub title: Option<String>,
    /// Its rows.
    #[schema(min_items = 1, max_items = 10)]
    pub rows: Vec<Row>,
}

/// One answer of a list.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Comes back with the answer, up to 200 characters; different from every other row's.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// The answer, up to 24 characters.
    #[schema(min_length = 1, max_length = 24)]
    pub title: String,
    /// Small words below it, up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 72)]
    pub description: Option<String>,
}

/// A button that opens a web page.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "name", content = "parameters", rename_all = "snake_case", deny_unknown_fields)]
pub enum CtaUrl {
    /// The only kind.
    CtaUrl(CtaUrlParameters),
}

/// The button's words and where it leads.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CtaUrlParameters {
    /// What stands on the button, up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    pub display_text: String,
    /// An `http` or `https` URL, up to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, format = "uri")]
    pub url: String,
}

silent_debug!(InteractiveAction, Buttons, Button, Reply, List, Section, Row, CtaUrl, CtaUrlParameters);

impl InteractiveAction {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        type Read = fn(&Value) -> Result<InteractiveAction, Faults>;
        const KINDS: &[(&str, Read)] = &[
            ("button", |value| object(value, Buttons::read).map(InteractiveAction::Button)),
            ("list", |value| object(value, List::read).map(InteractiveAction::List)),
            ("cta_url", |value| object(value, CtaUrl::read).map(InteractiveAction::CtaUrl)),
        ];
        fields.know(&["action"]);
        let read = fields.needed("type", choice(KINDS))?;
        fields.needed("action", read)
    }

    pub(super) fn sample() -> Self {
        let button =
            |id: &str, title: &str| Button::Reply { reply: Reply { id: id.to_owned(), title: title.to_owned() } };
        Self::Button(Buttons { buttons: vec![button("yes", "Yes"), button("no", "Another day")] })
    }
}

impl Buttons {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let buttons = fields.needed("buttons", list(1..=3, |it| object(it, Button::read)))?;
        let replies = || buttons.iter().map(|Button::Reply { reply }| reply);
        if let Some(index) = first_repeated(replies().map(|reply| reply.id.as_str())) {
            fields.fault(repeated(format!("buttons/{index}/reply/id")));
        }
        if let Some(index) = first_repeated(replies().map(|reply| reply.title.as_str())) {
            fields.fault(repeated(format!("buttons/{index}/reply/title")));
        }
        Some(Self { buttons })
    }
}

impl Button {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let kind = fields.needed("type", choice(&[("reply", ())]));
        let reply = fields.needed("reply", |value| object(value, Reply::read));
        kind?;
        Some(Self::Reply { reply: reply? })
    }
}

impl Reply {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.needed("id", line(256));
        let title = fields.needed("title", line(20));
        Some(Self { id: id?, title: title? })
    }
}

impl List {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let button = fields.needed("button", line(20));
        let sections = fields.needed("sections", list(1..=10, |it| object(it, Section::read)))?;
        Self::check(&sections, fields);
        Some(Self { button: button?, sections })
    }

    /// What can only be seen over all sections.
    fn check(sections: &[Section], fields: &mut Fields<'_>) {
        let untitled = sections.iter().position(|section| section.title.is_none());
        if let Some(index) = untitled.filter(|_| sections.len() > 1) {
            fields.fault(FieldError::required(format!("sections/{index}/title")));
        }
        let mut rows = Vec::new();
        for (section, it) in sections.iter().enumerate() {
            rows.extend(it.rows.iter().enumerate().map(|(row, it)| (section, row, it.id.as_str())));
        }
        if rows.len() > 10 {
            fields.fault(FieldError::new("sections", "too_many", "At most 10 rows in all are allowed."));
        }
        let repeat = first_repeated(rows.iter().map(|(_, _, id)| *id)).and_then(|index| rows.get(index));
        if let Some((section, row, _)) = repeat {
            fields.fault(repeated(format!("sections/{section}/rows/{row}/id")));
        }
    }
}

impl Section {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.optional("title", line(24));
        let rows = fields.needed("rows", list(1..=10, |it| object(it, Row::read)));
        Some(Self { title, rows: rows? })
    }
}

impl Row {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.needed("id", line(200));
        let title = fields.needed("title", line(24));
        let description = fields.optional("description", line(72));
        Some(Self { id: id?, title: title?, description })
    }
}

impl CtaUrl {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.needed("name", choice(&[("cta_url", ())]));
        let parameters = fields.needed("parameters", |value| object(value, CtaUrlParameters::read));
        name?;
        parameters.map(Self::CtaUrl)
    }
}

impl CtaUrlParameters {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let display_text = fields.needed("display_text", line(20));
        let url = fields.needed("url", web_url);
        Some(Self { display_text: display_text?, url: url? })
    }
}

fn repeated(field: String) -> FieldError {
    FieldError::new(field, "not_allowed", "This must be different from the others.")
}
