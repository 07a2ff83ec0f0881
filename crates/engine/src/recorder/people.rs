//! The people who write: they get a contact's card, and their word about more messages is taken.

use super::batch::Work;
use crate::{
    audit::{self, Author},
    contacts::{Wish, wish},
    engine::Shared,
};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use wagate_model::{Actor, Contact, Event, Message, Timestamp};
use wagate_store::{
    Result, Tx, contacts,
    opt_outs::{self, OptOut, Person},
};

/// An incoming message of one person alone, not of a group.
pub(super) struct Word {
    person: Person,
    wish: Option<Wish>,
    at: Timestamp,
}

impl Work {
    /// Notes who wrote, and whether they asked for no more messages.
    pub(super) fn word(&mut self, message: &Message) {
        if message.from.as_ref() == Some(&message.chat_id) && message.chat_id.is_person() {
            let person = (message.workspace_id, message.mode, message.chat_id.clone());
            self.words.push(Word { person, wish: wish(&message.content), at: message.created_at });
        }
    }

    /// Writes cards of new people, and what people asked for.
    pub(super) async fn meet(&mut self, tx: &mut Tx, shared: &Shared) -> Result<()> {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return Ok(());
        }
        let blank = |word: &Word| contacts::blank(shared.ids.next(), word.person.clone(), word.at);
        contacts::insert_missing(tx, words.iter().map(blank).collect()).await?;
        let people = words.iter().map(|Word { person, .. }| (person.0, person.1, &person.2));
        let mut opted_out = opt_outs::find_many_any_workspace(&mut *tx, people).await?;
        let mut wrote = BTreeSet::new();
        for (number, word) in words.iter().enumerate() {
            match (word.wish, opted_out.get_mut(&word.person)) {
                (Some(Wish::OptOut), None) => {
                    opt_outs::insert(tx, &word.person, word.at).await?;
                    opted_out.insert(word.person.clone(), OptOut { opted_out_at: word.at, wrote_at: None });
                    self.tell_wish(tx, shared, word, Wish::OptOut).await?;
                }
                (Some(Wish::OptIn), Some(_)) => {
                    opt_outs::delete(tx, &word.person).await?;
                    opted_out.remove(&word.person);
                    self.tell_wish(tx, shared, word, Wish::OptIn).await?;
                }
                (None, Some(known)) => {
                    known.wrote_at = Some(word.at);
                    wrote.insert(number);
                }
                // Who says it twice has said it; nobody is opted in who is not out.
                (Some(Wish::OptOut), Some(_)) | (Some(Wish::OptIn) | None, None) => {}
            }
        }
        let last: HashMap<_, _> =
            wrote.into_iter().map(|number| &words[number]).map(|word| (&word.person, word.at)).collect();
        for (person, at) in last {
            opt_outs::note_writing(tx, person, at).await?;
        }
        Ok(())
    }

    /// The audit row and the event of what somebody asked for.
    async fn tell_wish(&mut self, tx: &mut Tx, shared: &Shared, word: &Word, wish: Wish) -> Result<()> {
        let (workspace_id, mode, address) = &word.person;
        let found = contacts::find_by_addresses(&mut *tx, *workspace_id, *mode, [address]).await?;
        let Some(contact) = found.into_iter().next() else { return Ok(()) };
        let author = Author { workspace_id: *workspace_id, actor: Actor::System, request_id: shared.ids.next() };
        audit::record(tx, shared, author, wish.action(), contact.id, json!({ "by": "message" })).await?;
        self.news.entry((*workspace_id, *mode)).or_default().push(told(contact, wish));
        Ok(())
    }
}

fn told(contact: Contact, wish: Wish) -> Event {
    match wish {
        Wish::OptOut => Event::ContactOptedOut(Box::new(contact)),
        Wish::OptIn => Event::ContactOptedIn(Box::new(contact)),
    }
}
