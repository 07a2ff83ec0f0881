//! What callers may say of an endpoint.

use crate::{
    Engine, Error, Result,
    outbound::{CustomerHeaders, CustomerUrl},
};
use std::collections::BTreeMap;
use wagate_model::{AccountId, Caller, EventType, FieldError};
use wagate_store::accounts;

/// What is shown in place of a header's value; given in a patch, it leaves the value as it is.
pub(super) const HIDDEN: &str = "***";
/// Most characters of a description.
const LONGEST_DESCRIPTION: usize = 500;
/// Most accounts that an endpoint can be limited to.
const MOST_ACCOUNTS: usize = 1000;

/// An endpoint to be created.
#[derive(Clone, Default)]
pub struct NewEndpoint {
    /// Where events are posted.
    pub url: String,
    /// The events it hears of; empty is all.
    pub events: Vec<EventType>,
    /// The accounts it hears of; empty is all.
    pub account_ids: Vec<AccountId>,
    /// A note for people, up to 500 characters.
    pub description: String,
    /// Headers of the customer's own, up to 20.
    pub headers: BTreeMap<String, String>,
}

/// What to change of an endpoint; `None` leaves a field as it is.
#[derive(Clone, Default)]
pub struct EndpointPatch {
    /// Where events are posted.
    pub url: Option<String>,
    /// The events it hears of; empty is all.
    pub events: Option<Vec<EventType>>,
    /// The accounts it hears of; empty is all.
    pub account_ids: Option<Vec<AccountId>>,
    /// A note for people, up to 500 characters.
    pub description: Option<String>,
    /// All headers of the customer's own. A value of `***` keeps the present one.
    pub headers: Option<BTreeMap<String, String>>,
}

/// A patch whose values are all valid.
pub(super) struct CheckedPatch {
    pub(super) url: Option<CustomerUrl>,
    pub(super) events: Option<Vec<EventType>>,
    pub(super) account_ids: Option<Vec<AccountId>>,
    pub(super) description: Option<String>,
    pub(super) headers: Option<CustomerHeaders>,
}

impl From<NewEndpoint> for EndpointPatch {
    fn from(new: NewEndpoint) -> Self {
        Self {
            url: Some(new.url),
            events: Some(new.events),
            account_ids: Some(new.account_ids),
            description: Some(new.description),
            headers: Some(new.headers),
        }
    }
}

impl Engine {
    /// Checks all that is given; the error names every fault.
    pub(super) async fn checked_patch(&self, caller: &Caller, patch: EndpointPatch) -> Result<CheckedPatch> {
        let mut faults = Vec::new();
        let url = patch.url.and_then(|url| keep(&mut faults, CustomerUrl::parse("url", &url, self.outbound.policy())));
        let description = patch.description.and_then(|text| keep(&mut faults, checked_description(text)));
        let headers = patch.headers.and_then(|headers| match CustomerHeaders::parse(&headers) {
            Ok(headers) => Some(headers),
            Err(wrong) => {
                faults.extend(wrong);
                None
            }
        });
        let account_ids = match patch.account_ids {
            Some(ids) => Some(self.checked_accounts(caller, ids, &mut faults).await?),
            None => None,
        };
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(CheckedPatch { url, events: patch.events.map(without_repeats), account_ids, description, headers })
    }

    async fn checked_accounts(
        &self,
        caller: &Caller,
        ids: Vec<AccountId>,
        faults: &mut Vec<FieldError>,
    ) -> Result<Vec<AccountId>> {
        if ids.len() > MOST_ACCOUNTS {
            faults.push(FieldError::new("account_ids", "too_many", format!("At most {MOST_ACCOUNTS} accounts.")));
            return Ok(Vec::new());
        }
        if ids.is_empty() {
            if caller.accounts.is_some() {
                let detail = "The key is bound to accounts, so its webhooks must name accounts.";
                faults.push(FieldError::new("account_ids", "required", detail));
            }
            return Ok(ids);
        }
        let existing = accounts::existing(&self.database, caller.workspace_id, caller.mode, &ids).await?;
        for (place, id) in ids.iter().enumerate() {
            if !existing.contains(id) || !caller.may_use(*id) {
                faults.push(FieldError::new(
                    format!("account_ids/{place}"),
                    "not_allowed",
                    "There is no such account.",
                ));
            }
        }
        Ok(without_repeats(ids))
    }
}

/// The value, or its fault on the list.
fn keep<T>(faults: &mut Vec<FieldError>, checked: std::result::Result<T, FieldError>) -> Option<T> {
    checked.map_err(|fault| faults.push(fault)).ok()
}

fn checked_description(text: String) -> std::result::Result<String, FieldError> {
    if text.chars().count() > LONGEST_DESCRIPTION {
        let detail = format!("A description has at most {LONGEST_DESCRIPTION} characters.");
        return Err(FieldError::new("description", "too_long", detail));
    }
    if text.chars().any(|character| character.is_control() && character != '\n') {
        return Err(FieldError::format("description", "A description has no control characters but line breaks."));
    }
    Ok(text)
}

fn without_repeats<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_bounded_and_has_no_control_characters() {
        assert_eq!(checked_description("Räksmörgås\n🦐".to_owned()), Ok("Räksmörgås\n🦐".to_owned()));
        assert_eq!(checked_description("🦐".repeat(500)).map(|text| text.chars().count()), Ok(500));
        for (text, code) in [("🦐".repeat(501), "too_long"), ("a\0".to_owned(), "invalid_format")] {
            assert_eq!(checked_description(text).unwrap_err().code, code);
        }
    }

    #[test]
    fn repeats_are_dropped_and_the_order_stays() {
        assert_eq!(without_repeats(vec![3, 1, 3, 2, 1]), [3, 1, 2]);
    }
}
