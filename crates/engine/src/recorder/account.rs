//! Changes of an account's connection.

use super::{AccountRef, Recorded, batch::Work};
use wagate_model::{AccountStatus, Event, PhoneNumber, Reason, Timestamp};

impl Work {
    /// The network says how the connection stands.
    pub(super) fn connection(
        &mut self,
        account: &AccountRef,
        status: AccountStatus,
        reason: Option<Reason>,
        phone_number: Option<PhoneNumber>,
        at: Timestamp,
    ) -> Recorded {
        let Some(row) = self.accounts.get_mut(&account.id) else { return Recorded::default() };
        let known = &mut row.account;
        let is_news = known.status != status
            || known.status_reason != reason
            || (phone_number.is_some() && known.phone_number != phone_number);
        if is_news {
            known.status = status;
            known.status_reason = reason;
            known.phone_number = phone_number.or_else(|| known.phone_number.take());
            known.updated_at = at;
            if status == AccountStatus::Connected {
                row.new_chats_held_until = None;
                self.released.push(*account);
            }
            self.tell_of_account(account);
        }
        Recorded { account_status: Some(status), ..Recorded::default() }
    }

    /// A send showed that the account is held.
    pub(super) fn hold(&mut self, account: &AccountRef, reason: Reason, at: Timestamp) -> Recorded {
        let status = match reason {
            Reason::AccountBanned => AccountStatus::Banned,
            Reason::LoggedOut => AccountStatus::LoggedOut,
            _ => AccountStatus::Held,
        };
        self.connection(account, status, Some(reason), None, at)
    }

    /// A send showed that the account may not open new chats.
    pub(super) fn hold_new_chats(&mut self, account: &AccountRef, until: Timestamp, at: Timestamp) -> Recorded {
        let Some(row) = self.accounts.get_mut(&account.id) else { return Recorded::default() };
        let is_news = row.account.status_reason != Some(Reason::NewChatsRestricted);
        row.new_chats_held_until = Some(until);
        row.account.status_reason = Some(Reason::NewChatsRestricted);
        row.account.updated_at = at;
        if is_news {
            self.tell_of_account(account);
        } else {
            self.changed_accounts.push(account.id);
        }
        Recorded { new_chats_held_until: Some(until), ..Recorded::default() }
    }

    fn tell_of_account(&mut self, account: &AccountRef) {
        if let Some(row) = self.accounts.get(&account.id) {
            let event = Event::ConnectionUpdate(Box::new(row.account.clone()));
            self.news.entry((account.workspace_id, account.mode)).or_default().push(event);
            self.changed_accounts.push(account.id);
        }
    }
}
