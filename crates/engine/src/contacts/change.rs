//! Making, changing and deleting contacts.

use super::require_all_accounts;
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    fold::folded,
    names::checked_name,
};
use serde_json::json;
use std::collections::BTreeMap;
use wagate_model::{Caller, ChatAddress, Contact, ContactId, FieldError, Scope};
use wagate_store::{
    contacts::{self, ContactRow},
    in_transaction,
};

/// A contact as the caller wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The number, or the network's own id of the person.
    pub address: ChatAddress,
    /// What else is written on the card.
    pub card: ContactPatch,
}

/// What is written on a card; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactPatch {
    /// The name; an inner `None` takes it away.
    pub name: Option<Option<String>>,
    /// All labels.
    pub labels: Option<Vec<String>>,
    /// Attributes to set; `None` as a value takes one away.
    pub attributes: BTreeMap<String, Option<String>>,
}

const MOST_LABELS: usize = 20;
const LONGEST_LABEL: usize = 50;
const MOST_ATTRIBUTES: usize = 50;
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 500;

impl ContactPatch {
    /// The patch with its texts as they are kept.
    ///
    /// # Errors
    ///
    /// Every field that is not as it should be.
    pub(crate) fn checked(mut self) -> std::result::Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        if let Some(Some(name)) = &mut self.name {
            match checked_name(name) {
                Ok(checked) => *name = checked,
                Err(fault) => faults.push(fault),
            }
        }
        if let Some(labels) = &mut self.labels {
            faults.extend(label_faults(labels));
            for label in labels.iter_mut() {
                *label = label.trim().to_owned();
            }
            labels.sort_unstable();
            labels.dedup();
        }
        faults.extend(attribute_faults(&self.attributes));
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// Writes it on a card. Answers the fields that changed.
    ///
    /// # Errors
    ///
    /// If the card had too many attributes then.
    pub(crate) fn apply(self, contact: &mut Contact) -> std::result::Result<Vec<&'static str>, FieldError> {
        let before = contact.clone();
        if let Some(name) = self.name {
            contact.name = name;
        }
        if let Some(labels) = self.labels {
            contact.labels = labels;
        }
        for (key, value) in self.attributes {
            match value {
                Some(value) => contact.attributes.insert(key, value),
                None => contact.attributes.remove(&key),
            };
        }
        if contact.attributes.len() > MOST_ATTRIBUTES {
            return Err(too_many("attributes", MOST_ATTRIBUTES));
        }
        let changed = [
            ("name", contact.name != before.name),
            ("labels", contact.labels != before.labels),
            ("attributes", contact.attributes != before.attributes),
        ];
        Ok(changed.into_iter().filter_map(|(field, is_changed)| is_changed.then_some(field)).collect())
    }
}

fn too_many(field: &str, most: usize) -> FieldError {
    FieldError::new(field, "too_many", format!("At most {most} are allowed."))
}

fn label_faults(labels: &[String]) -> Vec<FieldError> {
    if labels.len() > MOST_LABELS {
        return vec![too_many("labels", MOST_LABELS)];
    }
    let faults = labels.iter().enumerate().filter_map(|(at, label)| {
        let field = format!("labels/{at}");
        let length = label.trim().chars().count();
        if length == 0 {
            Some(FieldError::new(field, "too_short", "At least one character was expected."))
        } else if length > LONGEST_LABEL {
            Some(FieldError::new(field, "too_long", format!("A label has at most {LONGEST_LABEL} characters.")))
        } else if label.chars().any(|c| c.is_control() || c == '|') {
            Some(FieldError::format(field, "A label has no control characters and no `|`."))
        } else {
            None
        }
    });
    faults.collect()
}

fn attribute_faults(attributes: &BTreeMap<String, Option<String>>) -> Vec<FieldError> {
    if attributes.len() > MOST_ATTRIBUTES {
        return vec![too_many("attributes", MOST_ATTRIBUTES)];
    }
    let faults = attributes.iter().filter_map(|(key, value)| {
        let field = format!("attributes/{}", key.replace('~', "~0").replace('/', "~1"));
        let value = value.as_deref().unwrap_or_default();
        if key.is_empty() || key.chars().count() > LONGEST_KEY || key.chars().any(char::is_control) {
            let field = field.chars().take(2 * LONGEST_KEY).collect::<String>();
            let detail = format!("A key has 1 to {LONGEST_KEY} characters, none of them a control character.");
            Some(FieldError::format(field, detail))
        } else if value.chars().count() > LONGEST_VALUE {
            Some(FieldError::new(field, "too_long", format!("A value has at most {LONGEST_VALUE} characters.")))
        } else if value.contains('\0') {
            Some(FieldError::format(field, "A text without NUL was expected."))
        } else {
            None
        }
    });
    faults.collect()
}

/// The card as it is stored.
pub(crate) fn row(contact: Contact) -> ContactRow {
    ContactRow { name_folded: contact.name.as_deref().map(folded), contact }
}

/// Refuses what is no person.
pub(crate) fn check_person(address: &ChatAddress) -> std::result::Result<(), FieldError> {
    if address.is_person() {
        Ok(())
    } else {
        Err(FieldError::format(
            "address",
            "A number such as +15550100001 or a person's address (...@lid) was expected.",
        ))
    }
}

impl Engine {
    /// Makes a contact. Needs `contacts:write`.
    pub async fn create_contact(&self, caller: &Caller, new: NewContact) -> Result<Contact> {
        may_write(caller)?;
        check_person(&new.address).map_err(Error::invalid)?;
        let card = new.card.checked().map_err(Error::Invalid)?;
        let (workspace_id, mode, now) = (caller.workspace_id, caller.mode, self.clock.now());
        let mut blank = contacts::blank(self.ids.next(), (workspace_id, mode, new.address.clone()), now).contact;
        card.apply(&mut blank).map_err(Error::invalid)?;
        let there = in_transaction!(self.database, |tx| {
            contacts::insert_missing(tx, vec![row(blank.clone())]).await?;
            let found = contacts::find_by_addresses(&mut *tx, workspace_id, mode, [&new.address]).await?;
            if found.iter().any(|contact| contact.id == blank.id) {
                audit::record(tx, self, caller, "contact.created", blank.id, json!({})).await?;
            }
            wagate_store::Result::Ok(found.into_iter().next())
        })?;
        match there {
            Some(contact) if contact.id == blank.id => Ok(contact),
            Some(contact) => {
                Err(Error::conflict("contact_exists", format!("The contact `{}` has this address.", contact.id)))
            }
            None => Err(Error::NotFound("contact")),
        }
    }

    /// Changes a contact. Needs `contacts:write`.
    pub async fn update_contact(&self, caller: &Caller, id: ContactId, patch: ContactPatch) -> Result<Contact> {
        may_write(caller)?;
        let patch = patch.checked().map_err(Error::Invalid)?;
        in_transaction!(self.database, |tx| {
            let found = contacts::lock(tx, caller.workspace_id, caller.mode, id).await?;
            let Some(mut contact) = found else { return Ok(Err(Error::NotFound("contact"))) };
            let changed = match patch.clone().apply(&mut contact) {
                Ok(changed) => changed,
                Err(fault) => return Ok(Err(Error::invalid(fault))),
            };
            if !changed.is_empty() {
                contact.updated_at = self.clock.now();
                contacts::put_many(tx, vec![row(contact.clone())]).await?;
                audit::record(tx, self, caller, "contact.updated", id, json!({ "changed": changed })).await?;
            }
            wagate_store::Result::Ok(Ok(contact))
        })?
    }

    /// Deletes a contact's card. Its messages stay, and so does its opt-out. Needs `contacts:write`.
    pub async fn delete_contact(&self, caller: &Caller, id: ContactId) -> Result<()> {
        require(caller, Scope::ContactsWrite)?;
        require_all_accounts(caller)?;
        let was_there = in_transaction!(self.database, |tx| {
            let was_there = contacts::delete(tx, caller.workspace_id, caller.mode, id).await?;
            if was_there {
                audit::record(tx, self, caller, "contact.deleted", id, json!({})).await?;
            }
            wagate_store::Result::Ok(was_there)
        })?;
        if was_there { Ok(()) } else { Err(Error::NotFound("contact")) }
    }
}

fn may_write(caller: &Caller) -> Result<()> {
    require(caller, Scope::ContactsWrite)?;
    require_active(caller)?;
    require_all_accounts(caller)
}
