//! A question with options.

use super::fields::{Fields, first_repeated, line, list, text, whole};
use crate::FieldError;
use serde::{Deserialize, Serialize};

/// A question with options to choose from. Meta's API has no polls; limits are those of WhatsApp's
/// own apps.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The question, 1 to 255 characters.
    #[schema(min_length = 1, max_length = 255)]
    pub question: String,
    /// 2 to 12 different options of 1 to 100 characters each.
    #[schema(min_items = 2, max_items = 12)]
    pub options: Vec<String>,
    /// How many options one person may choose, from 1 (the default) to all of them.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 12)]
    pub max_choices: u8,
}

super::silent_debug!(Poll);

const fn one() -> u8 {
    1
}

impl Poll {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let question = fields.needed("question", text(255));
        let options = fields.needed("options", list(2..=12, line(100)));
        let most = options.as_ref().map_or(12, |options| i64::try_from(options.len()).unwrap_or(12));
        let max_choices = fields.given("max_choices", whole(1..=most)).unwrap_or(1);
        let options = options?;
        if let Some(index) = first_repeated(options.iter().map(String::as_str)) {
            let path = format!("options/{index}");
            fields.fault(FieldError::new(path, "not_allowed", "Every option must be different."));
        }
        Some(Self { question: question?, options, max_choices: u8::try_from(max_choices).unwrap_or(1) })
    }

    pub(super) fn sample() -> Self {
        Self {
            question: "When shall we deliver?".to_owned(),
            options: vec!["Morning".to_owned(), "Afternoon".to_owned(), "Evening".to_owned()],
            max_choices: 1,
        }
    }
}
